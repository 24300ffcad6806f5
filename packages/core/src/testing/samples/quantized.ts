import type { DType } from '../../dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type * as quantized from '../../ops/quantized.ts';
import { dequantize, quantizedEmbedding, quantizedLinear } from '../../ops/quantized.ts';
import type { QuantizedWeight } from '../../ops/quantized.ts';
import { fillPlain, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

/** What a weight of a sample looks like. */
interface Form {
  readonly rows: number;
  readonly columns: number;
  readonly bits: 4 | 8;
  readonly block: number;
  readonly extra?: 'zeroPoints' | 'offsets';
  readonly scales?: DType;
}

const bytesOf = (shape: readonly number[], seed: number): Plain =>
  randomPlain(shape, { min: 0, max: 256, dtype: 'uint8', seed });

/** The parts of a weight in the order of its operands: packed, scales, and zero points or offsets. */
function partsOf({ rows, columns, bits, block, extra, scales }: Form): Plain[] {
  const blocks = Math.ceil(columns / block);
  const range = { min: 0.5 / 2 ** (bits - 1), max: 2 / 2 ** (bits - 1) };
  return [
    bytesOf([rows, blocks, (block * bits) / 8], 11),
    randomPlain([rows, blocks], { ...range, seed: 12, dtype: scales }),
    ...(extra === 'zeroPoints' ? [bytesOf([rows, Math.ceil((blocks * bits) / 8)], 13)] : []),
    ...(extra === 'offsets' ? [randomPlain([rows, blocks], { min: -1, max: 1, seed: 13 })] : []),
  ];
}

function weightOf(
  { bits, block, columns, extra }: Form,
  [packed, scales, third]: readonly (Tensor | undefined)[],
): QuantizedWeight {
  const parts = { packed: packed!, scales: scales!, bits, block, columns };
  return extra === undefined ? parts : { ...parts, [extra]: third! };
}

/** Code `at` of a row of packed bytes. */
const codeAt = (bytes: readonly number[], start: number, at: number, bits: 4 | 8): number =>
  bits === 8 ? bytes[start + at]! : Math.floor(bytes[start + Math.floor(at / 2)]! / (at % 2 === 0 ? 1 : 16)) % 16;

/** The matrix a weight stands for. */
function matrixOf({ columns, bits, block, extra, scales: dtype }: Form, parts: readonly Plain[]): Plain {
  const [packed, scales, third] = parts as [Plain, Plain, Plain];
  const [rows, blocks, bytes] = packed.shape as [number, number, number];
  return fillPlain(
    [rows, columns],
    ([row, column]) => {
      const at = Math.floor(column! / block);
      const code = codeAt(packed.values, (row! * blocks + at) * bytes, column! % block, bits);
      const zeroBytes = Math.ceil((blocks * bits) / 8);
      const zero = extra === 'zeroPoints' ? codeAt(third.values, row! * zeroBytes, at, bits) : 2 ** (bits - 1);
      const offset = extra === 'offsets' ? third.values[row! * blocks + at]! : 0;
      return (code - zero) * scales.values[row! * blocks + at]! + offset;
    },
    dtype === 'float64' ? 'float64' : 'float32',
  );
}

const taken = (name: string, form: Form): Sample => ({
  name,
  inputs: partsOf(form),
  run: (...parts) => dequantize(weightOf(form, parts)),
  reference: (...parts) => matrixOf(form, parts),
});

const lookedUp = (name: string, form: Form, indices: Plain): Sample => ({
  name,
  inputs: [indices, ...partsOf(form)],
  symbolic: [0],
  run: (places, ...parts) => quantizedEmbedding(places!, weightOf(form, parts)),
  reference: (places, ...parts) => {
    const table = matrixOf(form, parts);
    const row = (at: number): number => (at < 0 ? at + form.rows : at);
    return fillPlain([...places!.shape, form.columns], (index) => {
      const flat = index.slice(0, -1).reduce((offset, i, axis) => offset * places!.shape[axis]! + i, 0);
      return table.values[row(places!.values[flat]!) * form.columns + index.at(-1)!]!;
    });
  },
});

/** A product of an input `[..., columns]` with a weight, and a bias where one is given. */
function multiplied(
  name: string,
  form: Form,
  { x, bias, ...extra }: Partial<Sample> & { x: Plain; bias?: Plain },
): Sample {
  const split = <T>(all: readonly T[]): { parts: readonly T[]; added: T | undefined } =>
    bias === undefined ? { parts: all, added: undefined } : { parts: all.slice(0, -1), added: all.at(-1) };
  return {
    name,
    inputs: [x, ...partsOf(form), ...(bias === undefined ? [] : [bias])],
    run: (input, ...rest) => {
      const { parts, added } = split(rest);
      return quantizedLinear(input!, weightOf(form, parts), added);
    },
    reference: (input, ...rest) => {
      const { parts, added } = split(rest);
      const w = matrixOf(form, parts).values;
      const { columns, rows } = form;
      const at = (row: number, out: number): number => {
        let total = added === undefined ? 0 : added.values[out]!;
        for (let k = 0; k < columns; k += 1) total += input!.values[row * columns + k]! * w[out * columns + k]!;
        return total;
      };
      const count = input!.values.length / columns;
      const values = Array.from({ length: count * rows }, (_, index) => at(Math.floor(index / rows), index % rows));
      return plain([...input!.shape.slice(0, -1), rows], values, input!.dtype);
    },
    ...extra,
  };
}

const SMALL = { rows: 2, columns: 16, block: 16 } as const;
/** Rows end in the middle of a block, and the zero points of a row in the middle of a byte. */
const RAGGED = { rows: 3, columns: 40, block: 16 } as const;

/** Samples of the ops in `ops/quantized.ts`. */
export const quantizedSamples: SamplesOf<typeof quantized> = {
  dequantize: [
    taken('4 bits', { ...SMALL, bits: 4 }),
    taken('8 bits', { ...SMALL, bits: 8 }),
    taken('4 bits, ragged rows', { ...RAGGED, bits: 4 }),
    taken('8 bits, ragged rows', { ...RAGGED, bits: 8 }),
    taken('4 bits, zero points, an odd number of blocks', { ...RAGGED, bits: 4, extra: 'zeroPoints' }),
    taken('8 bits, zero points', { ...RAGGED, bits: 8, extra: 'zeroPoints' }),
    taken('4 bits, offsets', { ...RAGGED, bits: 4, extra: 'offsets' }),
    taken('8 bits, offsets, full rows', { ...SMALL, bits: 8, extra: 'offsets' }),
    lookedUp('rows of a table', { ...RAGGED, bits: 4 }, plain([3], [2, 0, -1], 'int32')),
    lookedUp(
      'rows by two axes, zero points',
      { ...RAGGED, bits: 4, extra: 'zeroPoints' },
      plain([2, 2], [1, 0, 2, 1], 'int32'),
    ),
    lookedUp('rows of 8 bits with offsets', { ...SMALL, bits: 8, extra: 'offsets' }, plain([2], [1, 1], 'int32')),
  ],
  quantizedLinear: [
    multiplied('4 bits', { ...SMALL, bits: 4 }, { x: randomPlain([1, 16]) }),
    multiplied('8 bits, bias', { ...SMALL, bits: 8 }, { x: randomPlain([3, 16]), bias: randomPlain([2], { seed: 3 }) }),
    multiplied('symbolic rows', { ...RAGGED, bits: 4 }, { x: randomPlain([2, 40]), symbolic: [0] }),
    multiplied('a vector', { ...RAGGED, bits: 8 }, { x: randomPlain([40]) }),
    multiplied(
      'more axes, bias',
      { ...SMALL, bits: 4 },
      {
        x: randomPlain([2, 2, 16]),
        bias: randomPlain([2], { seed: 3 }),
        symbolic: [0],
      },
    ),
    multiplied(
      '4 bits, zero points, ragged rows, bias',
      { ...RAGGED, bits: 4, extra: 'zeroPoints' },
      {
        x: randomPlain([2, 40]),
        bias: randomPlain([3], { seed: 3 }),
      },
    ),
    multiplied(
      '8 bits, zero points, ragged rows',
      { ...RAGGED, bits: 8, extra: 'zeroPoints' },
      { x: randomPlain([2, 40]) },
    ),
    multiplied('4 bits, offsets, ragged rows', { ...RAGGED, bits: 4, extra: 'offsets' }, { x: randomPlain([2, 40]) }),
    multiplied(
      '8 bits, offsets, bias, symbolic',
      { ...SMALL, bits: 8, extra: 'offsets' },
      {
        x: randomPlain([2, 16]),
        bias: randomPlain([2], { seed: 3 }),
        symbolic: [0],
      },
    ),
    multiplied('blocks of 32 and 64', { rows: 2, columns: 70, block: 64, bits: 4 }, { x: randomPlain([2, 70]) }),
    multiplied('no rows', { ...SMALL, bits: 4 }, { x: plain([0, 16], []) }),
    multiplied('float64', { ...SMALL, bits: 4, scales: 'float64' }, { x: randomPlain([2, 16], { dtype: 'float64' }) }),
    multiplied(
      'float16',
      { ...SMALL, bits: 8 },
      {
        x: randomPlain([2, 16], { dtype: 'float16' }),
        gradients: [],
        tolerance: 5e-3,
      },
    ),
  ],
};
