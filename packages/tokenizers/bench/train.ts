/**
 * How long training takes, on the repository's code and pages: seconds of processor time, and time on the clock.
 *
 *     pnpm tsx --conditions=@gai/source packages/tokenizers/bench/train.ts [bpe|wordpiece|unigram] [vocabSize] [megabytes]
 */
import { trainBPE, trainUnigram, trainWordPiece } from '../src/index.ts';
import { corpora } from './corpora.ts';

const TRAINERS = { bpe: trainBPE, wordpiece: trainWordPiece, unigram: trainUnigram };
const [kind = 'bpe', vocabSize = '4356', megabytes = '4'] = process.argv.slice(2);
const { english, code } = corpora();
const texts: string[] = [];
let size = 0;
for (const text of [english, code].flatMap((corpus) => [...corpus.training, ...corpus.warmUp, ...corpus.measured])) {
  if (size >= Number(megabytes) * 1e6) break;
  texts.push(text);
  size += Buffer.byteLength(text);
}
const [before, start] = [process.cpuUsage(), performance.now()];
const tokenizer = await TRAINERS[kind as keyof typeof TRAINERS](texts, { vocabSize: Number(vocabSize) });
const { user, system } = process.cpuUsage(before);
const seconds = ((performance.now() - start) / 1000).toFixed(2);
console.log(
  `${kind}, ${(size / 1e6).toFixed(2)} MB, ${tokenizer.vocabSize} tokens: ${((user + system) / 1e6).toFixed(2)} s of processor time, ` +
    `${seconds} s on the clock`,
);
