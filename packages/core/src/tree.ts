/**
 * A tree of values: arrays and plain objects nested at will, anything else is a leaf.
 * @category Trees
 */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [key: string]: Tree<Leaf> };

/** The leaves of a tree in order, the path of each, and the structure as text (equal text, equal structure). */
export interface FlatTree {
  readonly leaves: readonly unknown[];
  /** Where each leaf stands, for example `[0].weight`. */
  readonly paths: readonly string[];
  readonly structure: string;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Takes a tree apart; object keys are visited in sorted order, so the order they were written in is no matter.
 * @example
 * flattenTree({ b: 2, a: [1] }).leaves; // => [1, 2]
 * @category Trees
 */
export function flattenTree(tree: unknown): FlatTree {
  const leaves: unknown[] = [];
  const paths: string[] = [];
  const visit = (value: unknown, path: string): string => {
    if (Array.isArray(value)) return `[${value.map((item, index) => visit(item, `${path}[${index}]`)).join(',')}]`;
    if (isPlainObject(value)) {
      const keys = Object.keys(value).sort();
      return `{${keys.map((key) => `${JSON.stringify(key)}:${visit(value[key], `${path}.${key}`)}`).join(',')}}`;
    }
    leaves.push(value);
    paths.push(path);
    return '*';
  };
  const structure = visit(tree, '');
  return { leaves, paths, structure };
}

/**
 * The same tree with every leaf replaced by `fn(leaf, path)`.
 * @example
 * mapTree({ a: [1, 2] }, (leaf) => (leaf as number) * 10); // => { a: [10, 20] }
 * @category Trees
 */
export function mapTree(tree: unknown, fn: (leaf: unknown, path: string) => unknown, path = ''): unknown {
  if (Array.isArray(tree)) return tree.map((item, index) => mapTree(item, fn, `${path}[${index}]`));
  if (!isPlainObject(tree)) return fn(tree, path);
  const result: Record<string, unknown> = Object.create(Object.getPrototypeOf(tree) as object | null);
  for (const key of Object.keys(tree).sort()) {
    Object.defineProperty(result, key, {
      value: mapTree(tree[key], fn, `${path}.${key}`),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}

/** Puts leaves, in the order `flattenTree` gave them, back into the structure of `like`. */
export function unflattenTree(like: unknown, leaves: readonly unknown[]): unknown {
  let next = 0;
  return mapTree(like, () => leaves[next++]);
}
