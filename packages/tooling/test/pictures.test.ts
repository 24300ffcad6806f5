import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawPictures } from '../src/pictures/pictures.ts';
import { project } from '../src/pictures/principal.ts';
import { wordMap } from '../src/pictures/word-map.ts';
import { repositoryRoot } from '../src/workspace.ts';

test('the pictures of the pages are those of the results', () => {
  const pictures = drawPictures(repositoryRoot);
  expect(pictures.length).toBeGreaterThan(0);
  for (const { file, text } of pictures) expect(readFileSync(file, 'utf8'), `${file}: run pnpm pictures`).toBe(text);
});

test('rows are projected onto the directions in which they differ most', () => {
  // Four corners of a rectangle, 6 × 2, that is turned by 3-4-5 in a space of three.
  const corners = [
    [3, 1],
    [3, -1],
    [-3, 1],
    [-3, -1],
  ] as const;
  const rows = corners.map(([a, b]) => [10 + 0.6 * a - 0.8 * b, 0.8 * a + 0.6 * b, 7]);
  const { points, explained } = project(rows);
  expect(explained).toBeCloseTo(1, 10);
  for (const [i, [x, y]] of points.entries()) {
    expect(Math.abs(x)).toBeCloseTo(3, 8);
    expect(Math.abs(y)).toBeCloseTo(1, 8);
    // Up to the sign of a direction, which is not determined.
    expect(Math.sign(x * points[0]![0])).toBe(Math.sign(corners[i]![0] * corners[0][0]));
  }
});

test('a picture has every word, and a colour for each group', () => {
  const words = ['a', 'b', 'c'].map((word, i) => ({ word, group: i < 2 ? 'first' : 'second', vector: [i, i * i, 1] }));
  const svg = wordMap(words);
  for (const text of ['>a<', '>b<', '>c<', '>first<', '>second<']) expect(svg).toContain(text);
  expect(new Set(svg.match(/fill="#\w+"/g)).size).toBe(2);
  expect(svg).not.toMatch(/NaN|undefined/);
});
