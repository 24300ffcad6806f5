/** A tuple: a list that cannot be changed. */
export class Tuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/**
 * What a name in a pickle stands for: never code of the file or of anybody else, only what the table of the reader has.
 * One with `build` makes a value of plain arguments, when the pickle asks to "call" it.
 */
export class Known {
  readonly name: string;
  readonly build: ((args: readonly PickleValue[]) => PickleValue) | undefined;
  constructor(name: string, build?: (args: readonly PickleValue[]) => PickleValue) {
    this.name = name;
    this.build = build;
  }
}

/** Made by the table of the reader: tensors, storages and the like. */
export abstract class Built {
  abstract readonly kind: string;
}

/** A dictionary; keys are plain. */
export type Dict = Map<PickleKey, PickleValue>;

/** What a dictionary may have as keys. */
export type PickleKey = string | number | bigint | boolean | null;

/** What a restricted pickle holds. */
export type PickleValue = PickleKey | Uint8Array | PickleValue[] | Tuple | Dict | Set<PickleKey> | Known | Built;

/** Whether a value may be a key. */
export function isKey(value: PickleValue): value is PickleKey {
  return value === null || typeof value !== 'object';
}

/** A value in the words of a message. */
export function describePickled(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Known) return value.name;
  if (value instanceof Built) return value.kind;
  if (value instanceof Tuple) return `a tuple of ${value.items.length}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Map) return `a dictionary of ${value.size}`;
  if (value instanceof Set) return `a set of ${value.size}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === 'string' ? `text of ${value.length} characters` : String(value);
}
