/**
 * A tree of values: arrays, plain objects and {@link TreeNode}s nested at will, anything else is a leaf.
 * @category Trees
 */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [key: string]: Tree<Leaf> } | TreeNode;

/**
 * The method by which an instance of a class takes part in trees; see {@link TreeNode}.
 * @category Trees
 */
export const treeNode: unique symbol = Symbol.for('@gai/tree-node') as never;

/** What an instance consists of, and how another one is made of other parts. */
export interface TreeParts {
  /** A tree: tensors, and what else decides how the instance computes (numbers, text, flags). */
  readonly children: unknown;
  /** An instance over a tree of the same structure, whose leaves may be anything: tensors of a trace, specs. */
  rebuild(children: never): unknown;
}

/**
 * An instance of a class that takes part in trees, so that it can be an argument or a result of a compiled function:
 * a cache, a state. It says what it consists of and how it is made of other parts; without that it is a leaf.
 * @example
 * class Pair implements TreeNode {
 *   both: readonly [number, number];
 *   constructor(a: number, b: number) {
 *     this.both = [a, b];
 *   }
 *   [treeNode](): TreeParts {
 *     return { children: this.both, rebuild: ([a, b]: [number, number]) => new Pair(a, b) };
 *   }
 * }
 * const doubled = mapTree(new Pair(1, 2), (leaf) => (leaf as number) * 2);
 * doubled instanceof Pair; // => true
 * flattenTree(doubled).leaves; // => [2, 4]
 * @category Trees
 */
export interface TreeNode {
  [treeNode](): TreeParts;
}

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

function isTreeNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && treeNode in value;
}

const classNames = new WeakMap<object, string>();
const classCounts = new Map<string, number>();

/** The name of an instance's class; classes of one name get different numbers. */
function classOf(node: TreeNode): string {
  const known = classNames.get(node.constructor);
  if (known !== undefined) return known;
  const plain = /^[\w$]+$/.test(node.constructor.name) ? node.constructor.name : 'class';
  const count = (classCounts.get(plain) ?? 0) + 1;
  classCounts.set(plain, count);
  const name = count === 1 ? plain : `${plain}#${count}`;
  classNames.set(node.constructor, name);
  return name;
}

/**
 * Takes a tree apart; object keys are visited in sorted order, so the order they were written in is no matter.
 * @example
 * flattenTree({ b: 2, a: [1] }).leaves; // => [1, 2]
 * @category Trees
 */
export function flattenTree(tree: unknown): FlatTree {
  return flatten(tree, sortedKeys);
}

/**
 * Takes apart what a function returned: as {@link flattenTree}, but object keys are visited in the order in which they
 * were written, which is the order of the outputs.
 */
export function flattenReturned(tree: unknown): FlatTree {
  return flatten(tree, Object.keys);
}

type KeysOf = (value: Record<string, unknown>) => string[];

const sortedKeys: KeysOf = (value) => Object.keys(value).sort();

function flatten(tree: unknown, keysOf: KeysOf): FlatTree {
  const leaves: unknown[] = [];
  const paths: string[] = [];
  const visit = (value: unknown, path: string): string => {
    if (Array.isArray(value)) return `[${value.map((item, index) => visit(item, `${path}[${index}]`)).join(',')}]`;
    if (isPlainObject(value)) {
      const keys = keysOf(value);
      return `{${keys.map((key) => `${JSON.stringify(key)}:${visit(value[key], `${path}.${key}`)}`).join(',')}}`;
    }
    if (isTreeNode(value)) return `${classOf(value)}(${visit(value[treeNode]().children, path)})`;
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
export function mapTree(tree: unknown, fn: (leaf: unknown, path: string) => unknown): unknown {
  return map(tree, fn, sortedKeys, '');
}

/** What a function returned with every leaf replaced, in the order of {@link flattenReturned}. */
export function mapReturned(tree: unknown, fn: (leaf: unknown, path: string) => unknown): unknown {
  return map(tree, fn, Object.keys, '');
}

function map(tree: unknown, fn: (leaf: unknown, path: string) => unknown, keysOf: KeysOf, path: string): unknown {
  if (Array.isArray(tree)) return tree.map((item, index) => map(item, fn, keysOf, `${path}[${index}]`));
  if (isTreeNode(tree)) {
    const { children, rebuild } = tree[treeNode]();
    return rebuild(map(children, fn, keysOf, path) as never);
  }
  if (!isPlainObject(tree)) return fn(tree, path);
  const result: Record<string, unknown> = Object.create(Object.getPrototypeOf(tree) as object | null);
  for (const key of keysOf(tree)) {
    Object.defineProperty(result, key, {
      value: map(tree[key], fn, keysOf, `${path}.${key}`),
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
