import type * as cached from '../../ops/cached-attention-op.ts';
import { cachedAttentionOp } from '../../ops/cached-attention-op.ts';
import { cachedAttention } from '../../ops/cached-attention.ts';
import type { CachedAttentionOptions } from '../../ops/cached-attention.ts';
import { full } from '../../ops/structural.ts';
import { bindAll } from '../../trace/bind.ts';
import { at, fillPlain, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';
import { outputOf, repeated, weightsOf } from './attention.ts';

interface Sizes {
  readonly batch: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly past: number;
  readonly time: number;
  readonly depth: number;
  readonly valueDepth?: number;
}

/** query, key, value, past key, past value. */
function operandsOf({ batch, heads, keyHeads, past, time, depth, valueDepth = depth }: Sizes): Plain[] {
  const shapes = [
    [batch, heads, time, depth],
    [batch, keyHeads, time, depth],
    [batch, keyHeads, time, valueDepth],
    [batch, keyHeads, past, depth],
    [batch, keyHeads, past, valueDepth],
  ];
  return shapes.map((shape, seed) => randomPlain(shape, { seed }));
}

/** Whole attention over the filled places of the past and the new keys, with what must not be seen masked. */
function reference(
  options: Omit<CachedAttentionOptions, 'mask'>,
  [q, k, v, pastKey, pastValue, lengths, mask]: readonly Plain[],
): Plain {
  const [past, time] = [pastKey!.shape[2]!, q!.shape[2]!];
  const joined = (old: Plain, added: Plain): Plain =>
    fillPlain(
      [...old.shape.slice(0, 2), past + time, old.shape[3]!],
      ([b, h, i, d]) => (i! < past ? at(old, [b!, h!, i!, d!]) : at(added, [b!, h!, i! - past, d!])),
      old.dtype,
    );
  const seen = fillPlain([q!.shape[0]!, 1, time, past + time], ([b, , i, j]) => {
    const filled = at(lengths!, [b!]);
    const key = j! < past ? (j! < filled ? j! : Infinity) : filled + j! - past;
    const query = filled + i!;
    const reached = key <= query && key > query - (options.window ?? Infinity);
    return reached && (mask?.dtype !== 'bool' || at(mask, [b!, 0, i!, j!]) !== 0) ? 0 : -Infinity;
  });
  const bias = (index: number[]): number => (mask === undefined || mask.dtype === 'bool' ? 0 : at(mask, index));
  const scores = fillPlain(
    [...q!.shape.slice(0, 3), past + time],
    (index) => at(seen, [index[0]!, 0, index[2]!, index[3]!]) + bias(index),
  );
  const [keys, values] = [joined(pastKey!, k!), joined(pastValue!, v!)].map((x) => repeated(x, q!.shape[1]!));
  return outputOf(weightsOf(q!, keys!, scores, options.scale === undefined ? {} : { scale: options.scale }), values!);
}

const attended = (
  name: string,
  [sizes, lengths, mask]: readonly [Sizes, readonly number[], Plain?],
  options: Omit<CachedAttentionOptions, 'mask'> = {},
  extra: Partial<Sample> = {},
): Sample => ({
  name,
  inputs: [...operandsOf(sizes), plain([lengths.length], [...lengths], 'int32'), ...(mask === undefined ? [] : [mask])],
  run: (...[q, k, v, key, value, filled, m]) =>
    cachedAttention(q!, k!, v!, { key: key!, value: value!, lengths: filled! }, { ...options, mask: m }),
  reference: (...inputs) => reference(options, inputs),
  ...extra,
});

const all = [0, 1, 2, 3, 4, 5];
const equal: Sizes = { batch: 2, heads: 2, keyHeads: 2, past: 3, time: 1, depth: 2 };
const grouped: Sizes = { ...equal, heads: 4, keyHeads: 2 };

/** Samples of the ops in `ops/cached-attention-op.ts`. */
export const cachedAttentionSamples: SamplesOf<typeof cached> = {
  cachedAttention: [
    attended('one new token', [equal, [3, 3]], {}, { symbolic: all }),
    attended('one new token, ragged rows', [equal, [1, 3]]),
    attended('a row without a past', [equal, [0, 2]]),
    attended('several new tokens, ragged rows', [{ ...equal, time: 3 }, [3, 1]], {}, { symbolic: all }),
    attended('grouped heads', [grouped, [3, 2]], {}, { symbolic: all }),
    attended('grouped heads, several new tokens', [{ ...grouped, time: 2 }, [1, 3]], {}, { symbolic: all }),
    attended('one head of keys for all, depth 8', [{ ...grouped, batch: 1, keyHeads: 1, depth: 8 }, [2]]),
    attended('window', [{ ...equal, past: 5 }, [5, 2]], { window: 2 }),
    attended('window, several new tokens, grouped heads', [{ ...grouped, batch: 1, past: 4, time: 3 }, [3]], {
      window: 2,
    }),
    attended('window of one key', [equal, [3, 1]], { window: 1 }),
    attended('scale, values of another depth', [{ ...equal, valueDepth: 3 }, [2, 3]], { scale: -0.4 }),
    attended('float mask per head', [{ ...grouped, batch: 1 }, [2], randomPlain([1, 4, 1, 4], { seed: 9 })]),
    attended('bool mask', [
      { ...equal, time: 2 },
      [3, 2],
      plain([2, 1, 2, 5], [1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1], 'bool'),
    ]),
    attended('a query that attends to nothing', [
      { ...equal, batch: 1, past: 2 },
      [2],
      plain([1, 1, 1, 3], [0, 0, 0], 'bool'),
    ]),
    attended('an empty past', [{ ...grouped, past: 0, time: 3 }, [0, 0]], { window: 2 }),
    attended(
      'large scores',
      [{ batch: 1, heads: 1, keyHeads: 1, past: 2, time: 2, depth: 1 }, [1]],
      { scale: 300 },
      { gradients: [] },
    ),
    {
      name: 'gradients through the result and the weights',
      inputs: operandsOf({ batch: 1, heads: 1, keyHeads: 1, past: 2, time: 2, depth: 2 }),
      run: (q, k, v, ...past) => bindAll(cachedAttentionOp, [q!, ...past, k!, v!, full([1, 1, 2, 4], 0)], {}),
      reference: (q, k, v, ...past) => {
        const [keys, values] = [
          [past[0]!, k!],
          [past[1]!, v!],
        ].map(([old, added]) =>
          fillPlain([1, 1, 4, 2], ([, , i, d]) => (i! < 2 ? at(old!, [0, 0, i!, d!]) : at(added!, [0, 0, i! - 2, d!]))),
        );
        const p = weightsOf(q!, keys!, undefined, { scale: 1 });
        return [outputOf(p, values!), p];
      },
    },
  ],
};
