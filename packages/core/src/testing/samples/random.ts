import type * as family from '../../random/bits.ts';
import { bits } from '../../random/bits.ts';
import { randomWord } from '../../random/generator.ts';
import { plain } from '../plain.ts';
import type { Sample, SamplesOf } from '../sample.ts';

const KEYS = [
  [0, 0],
  [123456789, 4000000000],
  [2 ** 32 - 1, 2 ** 32 - 1],
] as const;

const drawn = (shape: number[], words: readonly [number, number]): Sample => ({
  name: `[${shape}] of key ${words}`,
  inputs: [plain([2], words, 'uint32')],
  run: (key) => bits(key!, shape),
  reference: () => {
    const count = shape.reduce((product, size) => product * size, 1);
    return plain(
      shape,
      Array.from({ length: count }, (_, index) => randomWord(words, index)),
      'uint32',
    );
  },
});

/** Samples of the op in `random/bits.ts`: every bit as on the host. */
export const randomSamples: SamplesOf<typeof family> = {
  randomBits: [
    ...KEYS.map((words) => drawn([2000], words)),
    drawn([3, 5, 7], KEYS[1]),
    drawn([], KEYS[1]),
    drawn([1], KEYS[1]),
    drawn([0, 3], KEYS[1]),
    {
      name: 'symbolic shape',
      inputs: [plain([2], KEYS[1], 'uint32'), plain([3, 2], 0)],
      symbolic: [1],
      run: (key, like) => bits(key!, like!.shape),
      reference: (_, like) =>
        plain(
          like!.shape,
          like!.values.map((_, index) => randomWord(KEYS[1], index)),
          'uint32',
        ),
    },
  ],
};
