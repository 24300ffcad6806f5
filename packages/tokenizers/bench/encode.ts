/**
 * How fast texts become ids and offsets, on one thread, after a warm-up on other texts:
 *
 *     pnpm tsx --conditions=@gai/source packages/tokenizers/bench/encode.ts [tokenizer.json …]
 *
 * Without a file: a BPE, a WordPiece and a Unigram of 16,000 tokens, learned from texts that are neither measured nor warmed up
 * on. A figure is the median of several tokenizers that were warmed up anew, in MB of UTF-8 per second of processor time. The
 * rival is @huggingface/tokenizers, which gives ids alone.
 */
import { readFileSync } from 'node:fs';
import { Tokenizer as Rival } from '@huggingface/tokenizers';
import { Tokenizer, trainBPE, trainUnigram, trainWordPiece } from '../src/index.ts';
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

/** The same with the rival. */
function encodeAllByRival(tokenizer: Rival, texts: readonly string[]): number {
  return texts.reduce((tokens, text) => tokens + tokenizer.encode(text).ids.length, 0);
}

/** Runs something; returns the seconds of processor time it took. */
function secondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const all = corpora();

/** Tokenizers to measure, as the content of their files. */
async function* tokenizers(paths: readonly string[]): AsyncGenerator<readonly [name: string, json: string]> {
  for (const path of paths) yield [path, readFileSync(path, 'utf8')];
  if (paths.length > 0) return;
  const training = Object.values(all).flatMap((corpus) => corpus.training);
  for (const [name, train] of Object.entries({ BPE: trainBPE, WordPiece: trainWordPiece, Unigram: trainUnigram })) {
    yield [name, JSON.stringify((await train(training, { vocabSize: 16_000 })).toJSON())];
  }
}

for await (const [path, json] of tokenizers(process.argv.slice(2))) {
  for (const [name, { warmUp, measured }] of Object.entries(all)) {
    const megabytes = Buffer.byteLength(measured.join('')) / 1e6;
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      const tokenizer = Tokenizer.fromJSON(json);
      encodeAll(tokenizer, warmUp);
      ours.push(megabytes / secondsOf(() => encodeAll(tokenizer, measured)));
      const rival = new Rival(JSON.parse(json) as object, {});
      encodeAllByRival(rival, warmUp);
      theirs.push(megabytes / secondsOf(() => encodeAllByRival(rival, measured)));
    }
    console.log(
      `${path} ${name} (${megabytes.toFixed(2)} MB): ${shown(ours)}; @huggingface/tokenizers ${shown(theirs)}`,
    );
  }
}

/** The median, and the range. */
function shown(rates: number[]): string {
  rates.sort((a, b) => a - b);
  const [least, middle, most] = [rates[0]!, rates[rates.length >> 1]!, rates.at(-1)!].map((rate) => rate.toFixed(2));
  return `${middle} MB/s (${least} to ${most})`;
}
