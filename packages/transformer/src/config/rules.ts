/** What a value of a configuration may be, and how an error says so. */
export interface Rule<Value> {
  readonly is: (value: unknown) => value is Value;
  /** Follows "expected". */
  readonly text: string;
  /** `layers`: how many parts there are, each of which has tensors. `float`: files have it with a point, also where it is whole. */
  readonly kind?: 'layers' | 'float';
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Each is an object or a text, whatever a file of a kilobyte says: far more than any model has. */
const [MOST_LAYERS, MOST_LABELS] = [10_000, 1_000_000];
/** Each pair of them has an angle, which is computed when a model is made. */
const MOST_OF_HEAD = 2 ** 16;
/** What an axis of a tensor may have. */
const MOST = 2 ** 31 - 1;

const whole = (least: number, most: number): Rule<number> => ({
  is: (value): value is number => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  text: most === MOST ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`,
});

export const size = whole(1, MOST);

/** How many features a head has whose pairs are turned. */
export const headSize = whole(1, MOST_OF_HEAD);

/** How many layers there are. */
export const layerCount: Rule<number> = { ...whole(0, MOST_LAYERS), kind: 'layers' };

/** The same, of parts that a model needs one of. */
export const partCount: Rule<number> = { ...whole(1, MOST_LAYERS), kind: 'layers' };

/** How many classes there are, each of which has a name. */
export const labelCount = whole(1, MOST_LABELS);

/** A token that has to have a row of its own in a table. */
export const tokenRow = whole(0, MOST);

/** Files have -1 for a token that there is not. */
export const tokenId: Rule<number> = {
  is: (value): value is number => isNumber(value) && Number.isInteger(value),
  text: 'a whole number',
};

/** One token or several, as files write the ends of texts. */
export const tokenIds: Rule<number | readonly number[]> = {
  is: (value): value is number | readonly number[] =>
    Array.isArray(value) ? value.length > 0 && value.every(tokenId.is) : tokenId.is(value),
  text: 'a whole number, or several in a list',
};

export const nonNegative: Rule<number> = {
  is: (value): value is number => isNumber(value) && value >= 0,
  text: 'a number of at least 0',
  kind: 'float',
};

export const probability: Rule<number> = {
  is: (value): value is number => isNumber(value) && value >= 0 && value <= 1,
  text: 'a number from 0 to 1',
  kind: 'float',
};

export const flag: Rule<boolean> = {
  is: (value): value is boolean => typeof value === 'boolean',
  text: 'true or false',
};

/** One of a few texts. */
export function oneOf<Name extends string>(names: readonly Name[]): Rule<Name> {
  const known: readonly string[] = names;
  return {
    is: (value): value is Name => typeof value === 'string' && known.includes(value),
    text: `one of ${names.join(', ')}`,
  };
}
