/**
 * How fast texts become ids and offsets, on one thread, after a warm-up on other texts:
 * `node packages/tokenizers/bench/encode.ts tokenizer.json …` (with tsx, or bundled). A figure is the median of several tokenizers
 * that were warmed up anew, in MB of UTF-8 per second of processor time.
 */
import { readFileSync } from 'node:fs';
import { Tokenizer } from '../src/index.ts';
import { corpora } from './corpora.ts';

const REPETITIONS = 5;

/** Encodes texts; returns the number of tokens. */
function encodeAll(tokenizer: Tokenizer, texts: readonly string[]): number {
  let tokens = 0;
  for (const text of texts) {
    const { ids, offsets } = tokenizer.encode(text, { truncation: null, padding: null });
    tokens += Math.min(ids.length, offsets.length);
  }
  return tokens;
}

/** Runs something; returns the seconds of processor time it took. */
function secondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const all = corpora();
for (const path of process.argv.slice(2)) {
  const json = readFileSync(path, 'utf8');
  for (const [name, { warmUp, training, measured }] of Object.entries(all)) {
    const megabytes = Buffer.byteLength(measured.join('')) / 1e6;
    const rates = Array.from({ length: REPETITIONS }, () => {
      const tokenizer = Tokenizer.fromJSON(json);
      encodeAll(tokenizer, [...warmUp, ...training]);
      return megabytes / secondsOf(() => encodeAll(tokenizer, measured));
    }).sort((a, b) => a - b);
    const [least, middle, most] = [rates[0]!, rates[REPETITIONS >> 1]!, rates.at(-1)!].map((rate) => rate.toFixed(2));
    console.log(`${path} ${name} (${megabytes.toFixed(2)} MB): ${middle} MB/s (${least} to ${most})`);
  }
}
