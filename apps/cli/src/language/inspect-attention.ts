import { DataError, at, cast, data, evaluate, jit, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { SentenceTransformer, inspectForward } from '@gai/transformer';
import { UsageError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { findModelPath } from '../models/find-model.ts';
import { openTokenizer } from '../tokenize/open-tokenizer.ts';
import { counted } from '../terminal/counted.ts';
import type { Output } from '../terminal/style.ts';
import { attentionMap } from './attention-map.ts';
import { nineDigits } from './nine-digits.ts';
import { withBackend } from '../with-backend.ts';
import type { BackendOptions } from '../with-backend.ts';

/** Options of `gai inspect attention`. */
export interface InspectAttentionOptions extends BackendOptions {
  readonly layer?: number;
  readonly head?: number;
  readonly ignoreFields?: readonly string[];
  readonly json?: boolean;
}

/** More tokens than this make a map that nobody reads, and weights that fill the memory. */
const MOST_TOKENS = 512;

/** So many weights take 64 MB, and 200 as JSON: a layer of 64 heads and as many tokens as there may be. */
const MOST_WEIGHTS = 2 ** 24;

/** The weights of one head: a row for each token that looks. */
interface HeadWeights {
  readonly layer: number;
  readonly head: number;
  readonly rows: readonly Float32Array[];
}

/** Shows the attention of a sentence. */
export async function inspectAttention(
  given: string,
  sentence: string,
  options: InspectAttentionOptions,
  { stdout }: Streams,
): Promise<void> {
  const path = await findModelPath('inspect attention', given);
  const { ids, tokens } = (await openTokenizer(path)).encode(sentence, { truncation: null, padding: null });
  if (ids.length === 0 || ids.length > MOST_TOKENS) throw wrongLength(ids.length);
  const heads = await withBackend(options, () => weightsOf(path, ids, options));
  if (options.json === true) return writeJson(tokens, heads, stdout);
  for (const { layer, head, rows } of heads) stdout.write(attentionMap(`layer ${layer}, head ${head}`, tokens, rows));
}

/** In parts: all of it may be longer than a string can be. */
function writeJson(tokens: readonly string[], weights: readonly HeadWeights[], stdout: Output): void {
  stdout.write(`{"tokens":${JSON.stringify(tokens)},"attentions":[`);
  for (const [index, { layer, head, rows }] of weights.entries()) {
    const isFirst = layer !== weights[index - 1]?.layer;
    const isLast = layer !== weights[index + 1]?.layer;
    const before = isFirst ? `${index === 0 ? '' : ','}{"layer":${layer},"heads":[` : ',';
    stdout.write(`${before}${JSON.stringify({ head, weights: rows.map(nineDigits) })}${isLast ? ']}' : ''}`);
  }
  stdout.write(']}\n');
}

/** The weights that are asked for, and no others, of a model without head; of an encoder-decoder, its encoder. */
async function weightsOf(
  path: string,
  ids: ArrayLike<number>,
  { layer, head, ignoreFields }: InspectAttentionOptions,
): Promise<readonly HeadWeights[]> {
  const { transformer } = await SentenceTransformer.fromPretrained(path, { ignoreFields });
  let places: readonly (readonly [layer: number, head: number])[] = [];
  const run = jit((inputIds: Tensor) => {
    const { layers } = inspectForward(transformer, () => transformer.forward(inputIds));
    const chosen = pick('layer', layers.length, layer);
    const heads = pick('head', layers[0]!.attention!.weights.shape[1] as number, head);
    checkCount(chosen.length, heads.length, ids.length);
    places = chosen.flatMap((index) => heads.map((each) => [index, each] as const));
    return chosen.map((index) => {
      const { weights } = layers[index]!.attention!;
      return cast(head === undefined ? weights : at(weights, ':', heads), 'float32');
    });
  });
  const results = await run(tensor(Int32Array.from(ids), { shape: [1, ids.length] }));
  await evaluate(...results);
  const values = (await Promise.all(results.map((one) => data(one)))) as Float32Array[];
  const size = ids.length ** 2;
  const perLayer = places.length / values.length;
  return places.map(([of, index], place) => {
    const start = (place % perLayer) * size;
    const own = values[Math.floor(place / perLayer)]!.subarray(start, start + size);
    const rows = Array.from(ids, (_, row) => own.subarray(row * ids.length, (row + 1) * ids.length));
    return { layer: of, head: index, rows };
  });
}

/** All of so many, or the one that was asked for. */
function pick(what: string, count: number, index: number | undefined): number[] {
  if (index === undefined) return Array.from({ length: count }, (_, each) => each);
  if (index < count) return [index];
  throw new UsageError(`there is no ${what} ${index}. The model has ${count}, counted from 0.`);
}

function checkCount(layers: number, heads: number, tokens: number): void {
  const count = layers * heads * tokens ** 2;
  if (count <= MOST_WEIGHTS) return;
  const got = `${counted(layers, 'layer')} of ${counted(heads, 'head')} for ${tokens}² pairs of tokens, ${count} weights`;
  throw new DataError(
    `inspect attention: the weights are too many. Got ${got}; expected at most ${MOST_WEIGHTS}. Choose one --layer or one --head, or a shorter ` +
      'sentence.',
    { op: 'inspect attention', details: { layers, heads, tokens } },
  );
}

const wrongLength = (count: number): DataError =>
  new DataError(
    `inspect attention: the sentence does not fit. Got ${counted(count, 'token')}; expected 1 to ${MOST_TOKENS}. Choose another sentence.`,
    { op: 'inspect attention', details: { count } },
  );
