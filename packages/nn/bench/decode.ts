/**
 * One token of a decoder with a cache: the new keys and values alone come back (`KeyValueCache`), against a step that
 * returns the whole cache. Random weights, one thread, processor time, the two interleaved.
 *
 * `pnpm bench nn/decode [small|smollm2]`
 */
import {
  argmax,
  compile,
  concat,
  gather,
  linear,
  mul,
  reshape,
  rmsNorm,
  scaledDotProductAttention,
  setDefaultBackend,
  silu,
  spec,
  tensor,
  transpose,
  add,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { KeyValueCache } from '@gai/nn';
import type { CacheView, KeysValues } from '@gai/nn';

interface Model {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly hidden: number;
  readonly vocabulary: number;
}

const MODELS: Readonly<Record<string, Model>> = {
  small: { layers: 4, width: 256, heads: 8, keyHeads: 8, hidden: 1024, vocabulary: 4096 },
  // The shape of SmolLM2-135M.
  smollm2: { layers: 30, width: 576, heads: 9, keyHeads: 3, hidden: 1536, vocabulary: 49_152 },
};
const PASTS = [64, 512, 1024];
const TOKENS = 8;
const BLOCKS = 7;

let seed = 1;
/** Small numbers; how they are spread is no matter. */
function numbers(shape: readonly number[], scale = 0.05): Tensor {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i += 1) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
    values[i] = (seed / 2 ** 31) * scale;
  }
  return tensor(values, { shape });
}

type Attend = (layer: number, query: Tensor, added: KeysValues) => Tensor;

/** The next token after one, given how its queries attend. */
function decoder({
  layers,
  width,
  heads,
  keyHeads,
  hidden,
  vocabulary,
}: Model): (ids: Tensor, attend: Attend) => Tensor {
  const depth = width / heads;
  const tokens = numbers([vocabulary, width]);
  const ones = tensor(new Float32Array(width).fill(1));
  const blocks = Array.from({ length: layers }, () => ({
    q: numbers([width, width]),
    k: numbers([keyHeads * depth, width]),
    v: numbers([keyHeads * depth, width]),
    o: numbers([width, width]),
    gate: numbers([hidden, width]),
    up: numbers([hidden, width]),
    down: numbers([width, hidden]),
  }));
  return (ids, attend) => {
    let x = gather(tokens, ids); // [1, 1, width]
    const apart = (y: Tensor, count: number): Tensor => transpose(reshape(y, [1, 1, count, depth]), [0, 2, 1, 3]);
    blocks.forEach(({ q, k, v, o, gate, up, down }, layer) => {
      const h = rmsNorm(x, { weight: ones });
      const y = attend(layer, apart(linear(h, q), heads), {
        key: apart(linear(h, k), keyHeads),
        value: apart(linear(h, v), keyHeads),
      });
      x = add(x, linear(reshape(transpose(y, [0, 2, 1, 3]), [1, 1, width]), o));
      const n = rmsNorm(x, { weight: ones });
      x = add(x, linear(mul(silu(linear(n, gate)), linear(n, up)), down));
    });
    return argmax(linear(x, tokens), { axis: -1 });
  };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function time(run: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage();
  for (let token = 0; token < TOKENS; token += 1) await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / TOKENS;
}

const name = process.argv[2] ?? 'small';
const model = MODELS[name]!;
const { layers, heads, keyHeads, width } = model;
const depth = width / heads;
setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 }));
const next = decoder(model);
const ids = tensor([[1]], { dtype: 'int32' });
const shape = { layers, heads: keyHeads, depth };

const delta = await compile<{ id: Tensor; rows: readonly KeysValues[] }>(
  (id: Tensor, view: CacheView) => ({
    id: next(id, (layer, q, added) => view.attend(layer, q, added)),
    rows: view.rows(),
  }),
  { id: spec([1, 1], 'int32'), view: new KeyValueCache(shape).specs({ past: 'past' }) },
);
const whole = await compile<{ id: Tensor; rows: readonly KeysValues[] }>(
  (id: Tensor, past: readonly KeysValues[]) => {
    const rows: KeysValues[] = [];
    const attend: Attend = (layer, q, { key, value }) => {
      const all = {
        key: concat([past[layer]!.key, key], { axis: 2 }),
        value: concat([past[layer]!.value, value], { axis: 2 }),
      };
      rows[layer] = all;
      return scaledDotProductAttention(q, all.key, all.value, { enableGqa: true });
    };
    return { id: next(id, attend), rows };
  },
  {
    id: spec([1, 1], 'int32'),
    past: Array.from({ length: layers }, () => ({
      key: spec([1, keyHeads, 'past', depth]),
      value: spec([1, keyHeads, 'past', depth]),
    })),
  },
);

for (const past of PASTS) {
  const filled = (): KeysValues[] =>
    Array.from({ length: layers }, () => ({
      key: numbers([1, keyHeads, past, depth], 1),
      value: numbers([1, keyHeads, past, depth], 1),
    }));
  const cache = new KeyValueCache(shape);
  const start = filled();
  await cache.append(start);
  let state: readonly KeysValues[] = start;
  const byDelta = async (): Promise<void> => {
    const { rows } = await delta(ids, cache.view());
    await cache.append(rows);
  };
  const byWhole = async (): Promise<void> => {
    state = (await whole(ids, state)).rows;
  };
  const times = { delta: [] as number[], whole: [] as number[] };
  for (let block = -1; block < BLOCKS; block += 1) {
    cache.truncate(past);
    state = start;
    const [d, w] = [await time(byDelta), await time(byWhole)];
    if (block < 0) continue;
    times.delta.push(d);
    times.whole.push(w);
  }
  const ratio = median(times.delta.map((d, block) => times.whole[block]! / d));
  console.log(
    `${name}, ${past} tokens before: delta ${median(times.delta).toFixed(2)} ms, whole cache ${median(times.whole).toFixed(2)} ms, ratio ${ratio.toFixed(2)}`,
  );
}
process.exit(0);
