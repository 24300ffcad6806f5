import { einsum } from '../../ops/einsum.ts';
import { bilinear, inner, kron, tensordot, vdot } from '../../ops/products.ts';
import { at, fillPlain, indicesOf, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample } from '../sample.ts';

/** The axes of `...` as digits, counted from the last. */
const spell = (term: string, rank: number): string[] => {
  const others = rank - term.replace('...', '').length;
  return [...term.replace('...', [...Array(others).keys()].reverse().join(''))];
};

/** Every index of every label in one loop: the definition. */
function einsumPlain(equation: string, inputs: readonly Plain[]): Plain {
  const [left, right] = equation.replaceAll(' ', '').split('->') as [string, string?];
  const terms = left.split(',').map((term, index) => spell(term, inputs[index]!.shape.length));
  const sizes = new Map<string, number>();
  terms.forEach((labels, operand) =>
    labels.forEach((label, axis) => {
      sizes.set(label, Math.max(inputs[operand]!.shape[axis]!, sizes.get(label) ?? 1));
      if (inputs[operand]!.shape[axis] === 0) sizes.set(label, 0);
    }),
  );
  const labels = [...sizes.keys()];
  const dots = labels.filter((label) => /\d/.test(label)).sort((a, b) => Number(b) - Number(a));
  const once = labels.filter(
    (label) => /\D/.test(label) && terms.flat().filter((other) => other === label).length === 1,
  );
  const output = right === undefined ? [...dots, ...once.sort()] : [...right.replace('...', dots.join(''))];
  const shape = output.map((label) => sizes.get(label)!);
  const sums = new Map<string, number>();
  for (const index of indicesOf(labels.map((label) => sizes.get(label)!))) {
    const place = (label: string): number => index[labels.indexOf(label)]!;
    const product = terms.reduce((value, term, operand) => value * at(inputs[operand]!, term.map(place)), 1);
    const key = output.map(place).join();
    sums.set(key, (sums.get(key) ?? 0) + product);
  }
  return fillPlain(shape, (index) => sums.get(index.join()) ?? 0, inputs[0]!.dtype);
}

const summed = (
  equation: string,
  shapes: readonly number[][],
  options: Partial<Sample> & { of?: Plain['dtype'] } = {},
): Sample => ({
  inputs: shapes.map((shape, index) => randomPlain(shape, { seed: index + 1, dtype: options.of })),
  name: equation,
  run: (...inputs) => einsum(equation, ...inputs),
  reference: (...inputs) => einsumPlain(equation, inputs),
  symbolic: options.symbolic,
});

const named = (name: string, sample: Sample, run: Sample['run']): Sample => ({ ...sample, name, run });

/** Samples of the functions in `ops/einsum.ts` and `ops/products.ts`. */
export const einsumSamples = {
  einsum: [
    summed('ij,jk->ik', [
      [2, 3],
      [3, 2],
    ]),
    summed('ij,kj->ik', [
      [2, 3],
      [4, 3],
    ]),
    summed('ji,jk', [
      [3, 2],
      [3, 4],
    ]),
    summed(
      'bij,bjk->bik',
      [
        [2, 2, 3],
        [2, 3, 2],
      ],
      { symbolic: [0, 1] },
    ),
    summed(
      'bhqd,bhkd->bhqk',
      [
        [2, 2, 3, 2],
        [2, 2, 2, 2],
      ],
      { symbolic: [0, 1] },
    ),
    summed(
      'bqhd,bkhd->bhqk',
      [
        [2, 3, 2, 2],
        [2, 2, 2, 2],
      ],
      { symbolic: [0, 1] },
    ),
    summed(
      'btd,de->bte',
      [
        [2, 2, 3],
        [3, 2],
      ],
      { symbolic: [0] },
    ),
    summed('i,i->', [[3], [3]]),
    summed('i,j->ij', [[2], [3]]),
    summed('i,j->ji', [[2], [3]]),
    summed('ii->i', [[3, 3]]),
    summed('ii', [[3, 3]]),
    summed('bii->b', [[2, 3, 3]], { symbolic: [0] }),
    summed('iij->j', [[2, 2, 3]]),
    summed('iji,jk->ki', [
      [2, 3, 2],
      [3, 2],
    ]),
    summed('iii->i', [[2, 2, 2]]),
    summed('ij->', [[2, 3]]),
    summed('ij->ji', [[2, 3]]),
    summed('ba', [[2, 3]]),
    summed(
      'ij,ij->i',
      [
        [2, 3],
        [2, 3],
      ],
      { symbolic: [0, 1] },
    ),
    summed('ijk,ikl->il', [
      [2, 3, 2],
      [2, 2, 3],
    ]),
    summed('abcd,cdef->abef', [
      [2, 2, 2, 3],
      [2, 3, 2, 1],
    ]),
    summed('abcd,dcef->feba', [
      [2, 2, 2, 3],
      [3, 2, 2, 2],
    ]),
    summed('i,ij,j->', [[2], [2, 3], [3]]),
    summed(
      'ij,jk,kl->il',
      [
        [2, 3],
        [3, 2],
        [2, 4],
      ],
      { symbolic: [0] },
    ),
    summed(
      'bi,oij,bj->bo',
      [
        [2, 2],
        [3, 2, 3],
        [2, 3],
      ],
      { symbolic: [0, 2] },
    ),
    summed('...ij,...jk->...ik', [
      [2, 2, 3],
      [3, 2],
    ]),
    summed('...ij,...jk', [
      [2, 1, 2, 3],
      [4, 3, 2],
    ]),
    summed('...i->...', [[2, 3, 2]], { symbolic: [0] }),
    summed('i...,i...->...', [
      [3, 2],
      [3, 2],
    ]),
    summed('...ii->...i', [[2, 3, 3]], { symbolic: [0] }),
    summed('...,...->...', [[2, 3], [3]], { symbolic: [0] }),
    summed(' i j , j k -> i k ', [
      [2, 3],
      [3, 2],
    ]),
    summed('ij,jk->ijk', [
      [2, 3],
      [3, 2],
    ]),
    summed('ij,jk->ik', [
      [2, 1],
      [3, 2],
    ]),
    summed('ij,jk->jik', [
      [1, 1],
      [1, 1],
    ]),
    summed('ij,jk->ik', [
      [2, 0],
      [0, 3],
    ]),
    summed('ij,k->k', [[2, 3], [2]]),
    summed(',i->i', [[], [3]]),
    summed(
      'ij,jk->ik',
      [
        [2, 3],
        [3, 2],
      ],
      { of: 'int32' },
    ),
    summed(
      'bij,bkj->bik',
      [
        [2, 2, 3],
        [2, 2, 3],
      ],
      { of: 'float64' },
    ),
  ],
  tensordot: [
    named(
      'one axis',
      summed('abc,cd->abd', [
        [2, 2, 3],
        [3, 2],
      ]),
      (a, b) => tensordot(a!, b!, 1),
    ),
    named(
      'two axes',
      summed('abc,bcd->ad', [
        [2, 2, 3],
        [2, 3, 2],
      ]),
      (a, b) => tensordot(a!, b!),
    ),
    named('no axes', summed('a,b->ab', [[2], [3]]), (a, b) => tensordot(a!, b!, 0)),
    named(
      'named axes',
      summed('abc,dca->bd', [
        [2, 3, 4],
        [2, 4, 2],
      ]),
      (a, b) =>
        tensordot(a!, b!, [
          [0, 2],
          [-1, 1],
        ]),
    ),
  ],
  inner: [
    named(
      'matrices',
      summed('ik,jk->ij', [
        [2, 3],
        [2, 3],
      ]),
      (a, b) => inner(a!, b!),
    ),
    named('vectors', summed('k,k->', [[3], [3]]), (a, b) => inner(a!, b!)),
    named('a scalar', summed('k,->k', [[3], []]), (a, b) => inner(a!, b!)),
  ],
  vdot: [
    {
      name: 'of unequal shapes',
      inputs: [randomPlain([2, 3]), randomPlain([3, 2], { seed: 2 })],
      run: (a, b) => vdot(a!, b!),
      reference: (a, b) => plain([], [a!.values.reduce((sum, value, index) => sum + value * b!.values[index]!, 0)]),
    },
  ],
  kron: [
    {
      name: 'matrices',
      inputs: [randomPlain([2, 3]), randomPlain([3, 2], { seed: 2 })],
      run: (a, b) => kron(a!, b!),
      reference: (a, b) =>
        fillPlain([6, 6], ([i, j]) => at(a!, [Math.floor(i! / 3), Math.floor(j! / 2)]) * at(b!, [i! % 3, j! % 2])),
    },
    {
      name: 'of unequal ranks, symbolic',
      inputs: [randomPlain([2]), randomPlain([2, 3], { seed: 2 })],
      symbolic: [1],
      run: (a, b) => kron(a!, b!),
      reference: (a, b) =>
        fillPlain([b!.shape[0]!, 6], ([i, j]) => at(a!, [Math.floor(j! / 3)]) * at(b!, [i!, j! % 3])),
    },
  ],
  bilinear: [
    named(
      'without bias',
      summed('bi,oij,bj->bo', [
        [2, 2],
        [2, 2, 3],
        [2, 3],
      ]),
      (a, weight, b) => bilinear(a!, b!, { weight: weight! }),
    ),
    named('vectors', summed('i,oij,j->o', [[2], [2, 2, 3], [3]]), (a, weight, b) =>
      bilinear(a!, b!, { weight: weight! }),
    ),
    {
      name: 'with bias',
      inputs: [
        randomPlain([2, 2, 2]),
        randomPlain([3, 2, 2], { seed: 2 }),
        randomPlain([2, 2, 2], { seed: 3 }),
        randomPlain([3], { seed: 4 }),
      ],
      symbolic: [0, 2],
      run: (a, weight, b, bias) => bilinear(a!, b!, { weight: weight!, bias }),
      reference: (a, weight, b, bias) => {
        const sums = einsumPlain('...i,oij,...j->...o', [a!, weight!, b!]);
        return fillPlain(sums.shape, (index) => at(sums, index) + at(bias!, index));
      },
    },
  ],
} satisfies Record<string, Sample[]>;
