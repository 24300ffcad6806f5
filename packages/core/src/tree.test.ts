import { describe, expect, it } from 'vitest';
import { flattenTree, mapTree, unflattenTree } from './tree.ts';

class Leaf {}

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
