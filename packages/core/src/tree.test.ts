import { describe, expect, it } from 'vitest';
import { flattenTree, mapTree, treeNode, unflattenTree } from './tree.ts';
import type { TreeNode, TreeParts } from './tree.ts';

class Leaf {}

/** As a decoder's cache: tensors in lists, and a number that decides how it computes. */
class Rows implements TreeNode {
  readonly keys: readonly unknown[];
  readonly window: unknown;

  constructor(keys: readonly unknown[], window: unknown) {
    this.keys = keys;
    this.window = window;
  }

  [treeNode](): TreeParts {
    const { keys, window } = this;
    return {
      children: { keys, window },
      rebuild: (parts: { keys: unknown[]; window: unknown }) => new Rows(parts.keys, parts.window),
    };
  }
}

describe('flattenTree', () => {
  it('visits keys in sorted order, and tells where each leaf stands', () => {
    const { leaves, paths, structure } = flattenTree([{ b: 2, a: [1, { c: 3 }] }, null]);
    expect(leaves).toEqual([1, 3, 2, null]);
    expect(paths).toEqual(['[0].a[0]', '[0].a[1].c', '[0].b', '[1]']);
    expect(structure).toBe('[{"a":[*,{"c":*}],"b":*},*]');
  });

  it('takes anything but arrays and plain objects for a leaf', () => {
    for (const leaf of [3, 'x', null, undefined, new Leaf(), new Map(), new Float32Array(2), new Date(0), () => 1]) {
      expect(flattenTree(leaf)).toMatchObject({ leaves: [leaf], paths: [''], structure: '*' });
    }
    expect(flattenTree(Object.assign(Object.create(null) as object, { a: 1 })).leaves).toEqual([1]);
  });

  it('gives equal text for equal structures only', () => {
    const different = [
      1,
      [1],
      [[1]],
      [],
      {},
      [{}],
      { a: 1 },
      { b: 1 },
      { a: 1, b: 1 },
      { 'a":*,"b': 1 },
      [1, 1],
      { a: [1] },
    ];
    const texts = different.map((tree) => flattenTree(tree).structure);
    expect(new Set(texts).size).toBe(different.length);
    expect(flattenTree({ x: 1, y: 2 }).structure).toBe(flattenTree({ y: 'a', x: null }).structure);
  });
});

describe('mapTree and unflattenTree', () => {
  it('put leaves back where they were', () => {
    const tree = { w: [1, 2], deep: { b: 3 }, none: [] };
    expect(unflattenTree(tree, flattenTree(tree).leaves)).toEqual(tree);
    expect(mapTree(tree, (leaf, path) => `${path}=${String(leaf)}`)).toEqual({
      w: ['.w[0]=1', '.w[1]=2'],
      deep: { b: '.deep.b=3' },
      none: [],
    });
  });

  it('keeps a key called __proto__ a key', () => {
    const tree = JSON.parse('{"__proto__": 1, "a": 2}') as object;
    const mapped = mapTree(tree, (leaf) => (leaf as number) * 10) as object;
    expect(Object.entries(mapped)).toEqual([
      ['__proto__', 10],
      ['a', 20],
    ]);
    expect(Object.getPrototypeOf(mapped)).toBe(Object.prototype);
  });
});

describe('instances with parts', () => {
  it('are taken apart and rebuilt, each class a structure of its own', () => {
    const tree = [new Rows([1, [2]], 3), { rows: new Rows([], 4) }];
    const { leaves, paths, structure } = flattenTree(tree);
    expect(leaves).toEqual([1, 2, 3, 4]);
    expect(paths).toEqual(['[0].keys[0]', '[0].keys[1][0]', '[0].window', '[1].rows.window']);
    expect(structure).toBe('[Rows({"keys":[*,[*]],"window":*}),{"rows":Rows({"keys":[],"window":*})}]');
    const mapped = mapTree(tree, (leaf) => (leaf as number) * 10) as typeof tree;
    expect(mapped).toEqual([new Rows([10, [20]], 30), { rows: new Rows([], 40) }]);
    expect(mapped[0]).toBeInstanceOf(Rows);
    expect(unflattenTree(tree, leaves)).toEqual(tree);
  });

  it('of two classes with one name differ', () => {
    const make = (): TreeNode => {
      class Twin implements TreeNode {
        [treeNode](): TreeParts {
          return { children: [1], rebuild: () => new Twin() };
        }
      }
      return new Twin();
    };
    const [a, b] = [make(), make()];
    expect(flattenTree(a).structure).toBe('Twin([*])');
    expect(flattenTree(b).structure).toBe('Twin#2([*])');
    expect(flattenTree(a).structure).toBe('Twin([*])');
  });
});
