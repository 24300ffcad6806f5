import { describe, expect, it } from 'vitest';
import { slice } from '../ops/movement.ts';
import { roll } from '../ops/rearrange.ts';
import { sum } from '../ops/structural.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from './tensor.ts';
import { needsOf, refusedSizes, unmetNeed } from './needs.ts';

const needs = (fn: (x: Tensor) => Tensor): ReturnType<typeof needsOf> => needsOf(trace(fn, [spec(['n', 3])]).outputs);

describe('needsOf', () => {
  it('finds what cannot be known of the sizes, each once', () => {
    expect(needs((x) => slice(x, [[-4, null]])).map(({ size }) => size.key)).toEqual(['n-4']);
    expect(needs((x) => roll(roll(x, 2, { axis: 0 }), 2, { axis: 0 })).map(({ size }) => size.key)).toEqual(['n-2']);
  });

  it('leaves out what holds for every size', () => {
    expect(needs((x) => sum(slice(x, [null, [1, null]])))).toEqual([]);
    expect(needs((x) => slice(x, [[null, null, 2]]))).toHaveLength(1); // The last of ⌊(n + 1) / 2⌋ lies inside.
  });

  it('says which size does not fit what', () => {
    const all = needs((x) => slice(x, [[-4, null]]));
    const unmet = unmetNeed(all, new Map([['n', 3]]));
    expect(unmetNeed(all, new Map([['n', 4]]))).toBeUndefined();
    expect(refusedSizes({ ...unmet!, place: undefined }, new Map([['n', 3]])).message).toMatchInlineSnapshot(
      `"slice: a size of this run does not fit the program. Got n = 3, so n-4 is -1; expected 0 or more, which 'slice' was written for. Run it with other sizes, or compile it for fixed ones."`,
    );
  });
});
