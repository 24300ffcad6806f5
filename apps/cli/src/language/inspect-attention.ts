import { DataError, evaluate, jit, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { SentenceTransformer, inspectForward } from '@gai/transformer';
import { UsageError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { findModelPath } from '../models/find-model.ts';
import { openTokenizer } from '../tokenize/open-tokenizer.ts';
import { attentionMap } from './attention-map.ts';
import { withBackend } from './with-backend.ts';
import type { BackendOptions } from './with-backend.ts';

/** Options of `gai inspect attention`. */
export interface InspectAttentionOptions extends BackendOptions {
  readonly layer?: number;
  readonly head?: number;
  readonly ignoreFields?: readonly string[];
  readonly json?: boolean;
}

/** More tokens than this make a map that nobody reads, and weights that fill the memory. */
const MOST_TOKENS = 512;

/** Weights by head, by token that looks, by token it looks at. */
type Heads = readonly (readonly (readonly number[])[])[];

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
  const layers = await withBackend(options, () => weightsOf(path, ids, options));
  const chosen = pick('layer', layers, options.layer).map(([layer, heads]) => ({
    layer,
    heads: pick('head', heads, options.head),
  }));
  if (options.json === true) {
    const attentions = chosen.map(({ layer, heads }) => ({
      layer,
      heads: heads.map(([head, weights]) => ({ head, weights })),
    }));
    stdout.write(`${JSON.stringify({ tokens, attentions })}\n`);
    return;
  }
  for (const { layer, heads } of chosen) {
    for (const [head, weights] of heads) stdout.write(attentionMap(`layer ${layer}, head ${head}`, tokens, weights));
  }
}

/** The weights of every layer of a model without head; of an encoder-decoder, its encoder. */
async function weightsOf(
  path: string,
  ids: ArrayLike<number>,
  { ignoreFields }: InspectAttentionOptions,
): Promise<readonly Heads[]> {
  const { transformer } = await SentenceTransformer.fromPretrained(path, { ignoreFields });
  const run = jit((inputIds: Tensor) =>
    inspectForward(transformer, () => transformer.forward(inputIds)).layers.map(({ attention }) => attention!.weights),
  );
  const weights = await run(tensor(Int32Array.from(ids), { shape: [1, ids.length] }));
  await evaluate(...weights);
  return Promise.all(weights.map(async (one) => ((await toArray(one)) as Heads[])[0]!));
}

/** All of a list, or the one that was asked for. */
function pick<Item>(
  what: string,
  items: readonly Item[],
  index: number | undefined,
): readonly (readonly [number, Item])[] {
  const all = items.map((item, at) => [at, item] as const);
  if (index === undefined) return all;
  if (index < items.length) return [all[index]!];
  throw new UsageError(`there is no ${what} ${index}. The model has ${items.length}, counted from 0.`);
}

const wrongLength = (count: number): DataError =>
  new DataError(
    `inspect attention: the sentence does not fit. Got ${count} tokens; expected 1 to ${MOST_TOKENS}. Choose another sentence.`,
    { op: 'inspect attention', details: { count } },
  );
