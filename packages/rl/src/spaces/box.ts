import { checkOptionNames } from '@gai/core/errors';
import { argumentError, show } from '../errors.ts';
import { checkCount, everyNumber, numbersOf, SeededSpace, sizeOf } from './seeded-space.ts';

/** Typed array per dtype of a {@link Box}. */
export interface BoxArrays {
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
}

/** Number type of a {@link Box}'s elements. */
export type BoxDType = keyof BoxArrays;

const FLOAT_32_MAX = 3.4028234663852886e38;
const RANGES: Record<BoxDType, readonly [number, number]> = {
  float32: [-FLOAT_32_MAX, FLOAT_32_MAX],
  float64: [-Number.MAX_VALUE, Number.MAX_VALUE],
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
};

/** The class of typed arrays of one kind of number. */
interface ArrayClass<Numbers> {
  new (length: number): Numbers;
  new (buffer: ArrayBuffer, at: number, length: number): Numbers;
  readonly BYTES_PER_ELEMENT: number;
}

/** The class of arrays of each dtype. */
export const CONSTRUCTORS: { readonly [D in BoxDType]: ArrayClass<BoxArrays[D]> } = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
};

/** A new typed array of `length` zeros. */
export function allocate<D extends BoxDType>(dtype: D, length: number): BoxArrays[D] {
  return new CONSTRUCTORS[dtype](length);
}

/** Arguments of {@link Box}. */
export interface BoxOptions<D extends BoxDType> {
  /** Lower bounds: one number for all, or one per element. −Infinity means unbounded. */
  low: number | ArrayLike<number>;
  /** Upper bounds, likewise. */
  high: number | ArrayLike<number>;
  /** Size per axis. Default: `[length]` of the bounds, or `[1]` for two numbers. */
  shape?: readonly number[] | undefined;
  /** Default `'float32'`. */
  dtype?: D | undefined;
}

function shapeFrom({ low, high, shape }: BoxOptions<BoxDType>): readonly number[] {
  if (shape !== undefined) {
    for (const size of shape) checkCount('Box', 'shape entry', size, 0);
    return [...shape];
  }
  if (typeof low !== 'number') return [low.length];
  return typeof high === 'number' ? [1] : [high.length];
}

/**
 * A box in R^n: every element lies between its own `low` and `high`, which may be infinite.
 *
 * Elements are typed arrays in row-major order. `sample(seed)` equals Gymnasium's: a uniform draw where both bounds are
 * finite, a shifted exponential where one is, a normal draw where none is; integers are drawn with `high` included.
 *
 * @example
 * import { Box } from '@gai/rl';
 * const space = new Box({ low: -1, high: 2, shape: [2, 2] });
 * space.toString();                                // => 'Box(-1.0, 2.0, (2, 2), float32)'
 * space.contains(new Float32Array([0, 1, 2, 3]));  // => false
 * @category Spaces
 * @since 0.1.0
 */
export class Box<D extends BoxDType = 'float32'> extends SeededSpace<BoxArrays[D]> {
  readonly kind = 'Box';
  readonly shape: readonly number[];
  readonly dtype: D;
  /** Lower bound of each element. */
  readonly low: BoxArrays[D];
  /** Upper bound of each element. */
  readonly high: BoxArrays[D];
  readonly flatSize: number;
  readonly #boundedBelow: readonly boolean[];
  readonly #boundedAbove: readonly boolean[];

  /** @throws ArgumentError for NaN, crossed or unrepresentable bounds, or bounds that do not fit the shape. */
  constructor(options: BoxOptions<D>) {
    checkOptionNames('Box', options, ['low', 'high', 'shape', 'dtype']);
    super();
    this.dtype = options.dtype ?? ('float32' as D);
    if (!(this.dtype in RANGES)) {
      throw argumentError(
        'Box',
        `unknown dtype. Got ${show(this.dtype)}; expected one of ${Object.keys(RANGES).join(', ')}. Pick one.`,
      );
    }
    this.shape = shapeFrom(options);
    this.flatSize = sizeOf(this.shape);
    const low = this.#spread('low', options.low);
    const high = this.#spread('high', options.high);
    this.#boundedBelow = Array.from(low, (value) => value > -Infinity);
    this.#boundedAbove = Array.from(high, (value) => value < Infinity);
    this.low = this.#bounds('low', low);
    this.high = this.#bounds('high', high);
    const crossed = this.#boundedBelow.findIndex((_, index) => this.low[index]! > this.high[index]!);
    if (crossed >= 0) {
      throw argumentError(
        'Box',
        `the bounds cross. Got low ${this.low[crossed]} and high ${this.high[crossed]} at element ${crossed}; expected ` +
          'low <= high. Swap them.',
      );
    }
  }

  #spread(name: string, bound: number | ArrayLike<number>): Float64Array {
    if (typeof bound === 'number') return new Float64Array(this.flatSize).fill(bound);
    if (bound.length === this.flatSize) return Float64Array.from(bound);
    throw argumentError(
      'Box',
      `${name} does not fit the shape. Got ${bound.length} numbers; expected ${this.flatSize} for shape ` +
        `[${this.shape.join(', ')}]. Pass one number per element.`,
    );
  }

  #bounds(name: 'low' | 'high', values: Float64Array): BoxArrays[D] {
    const [smallest, largest] = RANGES[this.dtype];
    const isFloat = this.dtype === 'float32' || this.dtype === 'float64';
    const out = allocate(this.dtype, this.flatSize);
    values.forEach((value, index) => {
      const infinite = value === (name === 'low' ? -Infinity : Infinity);
      const allowed = infinite ? isFloat || this.dtype.startsWith('int') : value >= smallest && value <= largest;
      if (!allowed) {
        throw argumentError(
          'Box',
          `${name} is not a ${this.dtype}. Got ${name} ${value} at element ${index}; expected a number from ${smallest} ` +
            `to ${largest}. Change the bound or the dtype.`,
        );
      }
      out[index] = infinite && !isFloat ? (name === 'low' ? smallest : largest) : value;
    });
    return out;
  }

  protected draw(): BoxArrays[D] {
    const isFloat = this.dtype === 'float32' || this.dtype === 'float64';
    const [smallest, largest] = RANGES[this.dtype];
    const sample = allocate(this.dtype, this.flatSize);
    const fill = (below: boolean, above: boolean, value: (low: number, high: number) => number): void => {
      for (let index = 0; index < sample.length; index++) {
        if (this.#boundedBelow[index] !== below || this.#boundedAbove[index] !== above) continue;
        const drawn = value(this.low[index]!, isFloat ? this.high[index]! : this.high[index]! + 1);
        sample[index] = isFloat ? drawn : Math.min(Math.max(Math.floor(drawn), smallest), largest);
      }
    };
    fill(false, false, () => this.generator.normal());
    fill(true, false, (low) => this.generator.exponential() + low);
    fill(false, true, (_, high) => -this.generator.exponential() + high);
    fill(true, true, (low, high) => this.generator.uniform(low, high));
    return sample;
  }

  /**
   * True for an array of the right length within the bounds; plain arrays of numbers count. Numbers are compared in the
   * space's dtype, as it holds its bounds: `new Box({ low: 0, high: 0.7 })` contains 0.7. An integer space holds no 0.5.
   */
  contains(value: unknown): value is BoxArrays[D] {
    const values = numbersOf(value);
    if (values === null || values.length !== this.flatSize) return false;
    const isInteger = !this.dtype.startsWith('float');
    const isSingle = this.dtype === 'float32';
    return everyNumber(values, (item, index) => {
      const held = isSingle ? Math.fround(item) : item;
      return held >= this.low[index]! && held <= this.high[index]! && (!isInteger || Number.isInteger(held));
    });
  }

  flatten(value: BoxArrays[D]): Float64Array {
    return Float64Array.from(value);
  }

  unflatten(vector: ArrayLike<number>): BoxArrays[D] {
    this.checkVector(vector);
    const value = allocate(this.dtype, this.flatSize);
    for (let index = 0; index < value.length; index++) value[index] = vector[index]!;
    return value;
  }

  override toString(): string {
    const { shape } = this;
    const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
    return `Box(${this.#boundText(this.low)}, ${this.#boundText(this.high)}, ${tuple}, ${this.dtype})`;
  }

  #boundText(bounds: ArrayLike<number>): string {
    const text = (value: number): string => {
      if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
      const short = this.dtype === 'float32' ? shortest32(value) : value;
      return Number.isInteger(short) && this.dtype.startsWith('float') ? `${short}.0` : String(short);
    };
    const values = Array.from(bounds);
    if (values.every((value) => value === values[0])) return text(values[0] ?? 0);
    return `[${values.map(text).join(' ')}]`;
  }
}

/** The number with the fewest digits that rounds to the same float32, as NumPy prints it. */
function shortest32(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
