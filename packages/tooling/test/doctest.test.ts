import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { matches, plain, toleranceOf } from '../src/doctest/compare.ts';
import { exportedNames } from '../src/doctest/exports.ts';
import { docstringExamples, markdownExamples } from '../src/doctest/extract.ts';
import { runExamples } from '../src/doctest/run.ts';
import { exampleModule, typedModule } from '../src/doctest/transform.ts';
import { checkExampleTypes, typedExamples } from '../src/doctest/types.ts';
import { repositoryRoot } from '../src/workspace.ts';
import { insidePackage, temporaryFolder, writeFiles } from './fixture.ts';

const holding = [
  '[1, 2].map((x) => 2 * x); // => [2, 4]',
  'const x = 1 / 3; // => 0.3333',
  'const x = 1 / 3; // => 0.333',
  "const { a, b } = { a: 1, b: 'two' }; // => { a: 1, b: 'two' }",
  'new Float32Array([0.1, 0.2]); // => [0.1, 0.2]',
  'await Promise.resolve(NaN); // => NaN',
  "JSON.parse('{'); // => throws SyntaxError",
  'console.log(6 * 7); // => 42',
  '[[1, 2], [3, 4]];\n// => [[1, 2],\n//     [3, 4]]',
  'const type: number = 1;',
];
const failing: [string, string][] = [
  ['1 + 1; // => 3', 'line 1 gives 2, documented is 3'],
  ['const x = 0.26; // => 0.25', 'documented is 0.25'],
  ['[1, 2]; // => [1]', 'documented is [1]'],
  ['1; // => throws RangeError', 'should throw RangeError'],
  ["throw new TypeError('gone');", 'TypeError: gone'],
  ['1; // => about one', 'is no literal'],
  ['if (true) {\n  1; // => 1\n}', 'nothing checks them'],
  ['undefinedName();', 'undefinedName is not defined'],
  ['process.exit(3);', 'did not finish'],
];

describe('examples run and their claims are checked', async () => {
  using folder = temporaryFolder({});
  const examples = [...holding, ...failing.map(([code]) => code)].map((code) => ({ where: 'a.ts:1', code }));
  const results = await runExamples(examples, {
    folder: join(folder.root, 'examples'),
    exports: () => new Map<string, string>(),
  });

  test.each(holding.map((code, index) => [code, index] as const))('%s', (_, index) => {
    expect(results[index]?.error).toBeUndefined();
  });

  test.each(failing.map((pair, index) => [...pair, index] as const))('%s: %s', (_, problem, index) => {
    expect(results[holding.length + index]?.error).toContain(problem);
  });
});

test('tolerance follows the digits written', () => {
  expect(toleranceOf('0.3333')).toBeCloseTo(5.1e-5);
  expect(toleranceOf('[0.25, 2]')).toBe(1e-6);
  expect(matches(0.1 + 0.2, 0.3, 1e-6)).toBe(true);
  expect(matches({ a: [1, -0] }, { a: [1, 0] }, 1e-6)).toBe(true);
  expect(matches({ a: 1, b: 2 }, { a: 1 }, 1e-6)).toBe(false);
  expect(plain(new Map([['a', new Set([1])]]))).toEqual({ a: [1] });
});

test('exported names that the example does not declare are imported', () => {
  const table = new Map(['add', 'x', 'shape', 'sub', 'mul'].map((name) => [name, '@gai/core']));
  const module = exampleModule('const x: mul = add(1, 2);\nx.shape;\nclass A extends sub {}', table);
  expect(module).toContain("import { sub } from '@gai/core';");
  expect(module).not.toContain('import { mul }');
  expect(module).toContain("import { add } from '@gai/core';");
  expect(module).not.toContain('import { x }');
  expect(module).not.toContain('import { shape }');
});

test('the compiler gets the types that an example names', () => {
  const table = new Map(['Tensor', 'Shaped', 'add', 'Own'].map((name) => [name, '@gai/core']));
  const code = 'interface Own {}\nclass A implements Shaped {}\nconst x: Tensor = add(1, 2);';
  const [imports, ...rest] = typedModule(code, table).split('\n');
  expect(imports!.match(/import[^;]+;/g)!.toSorted()).toEqual([
    "import type { Shaped } from '@gai/core';",
    "import type { Tensor } from '@gai/core';",
    "import { add } from '@gai/core';",
  ]);
  expect(rest.join('\n')).toContain(code);
});

test('an example that a strict project would refuse is named with its line', async () => {
  const wrong = 'const given = [1, 2];\ngiven[0].toFixed();\nconst shown = (value) => String(value);';
  const codes = ['const unused: number = 1;', wrong];
  const members = codes.map((code, index) => ({
    example: { where: `a.ts:${index + 1}`, code },
    exports: new Map<string, string>(),
  }));
  using folder = temporaryFolder({}, insidePackage);
  const examples = join(folder.root, 'examples');
  const problems = await checkExampleTypes(repositoryRoot, new Map([['some', members]]), examples);
  expect(problems).toEqual([
    "a.ts:2, line 2 of the example: error TS2532: Object is possibly 'undefined'.\n  given[0].toFixed();",
    "a.ts:2, line 3 of the example: error TS7006: Parameter 'value' implicitly has an 'any' type.\n  const shown = (value) => String(value);",
  ]);
});

test('docstrings, READMEs and pages are compiled', () => {
  const groups = typedExamples(repositoryRoot);
  const places = [...groups.values()].flat().map(({ example }) => example.where);
  for (const start of ['README.md:', 'docs/getting-started.md:', 'packages/transformer/README.md:'])
    expect(places.some((where) => where.startsWith(start))).toBe(true);
  expect(groups.get('nn')!.length).toBeGreaterThan(100);
});

test('docstring and Markdown examples are found with their lines', () => {
  const doc =
    '/**\n * Adds.\n * @example\n * add(1, 2); // => 3\n *\n * @see b\n */\nexport function add() {}\nexport type T = 1;\n';
  using folder = temporaryFolder({ 'a.ts': doc, 'b.md': 'Text\n```ts run\n1; // => 1\n```\n```ts\nno\n```\n' });
  const file = join(folder.root, 'a.ts');
  expect(docstringExamples(file, folder.root)).toEqual([{ where: 'a.ts:3', code: 'add(1, 2); // => 3', file }]);
  expect(markdownExamples(join(folder.root, 'b.md'), folder.root)).toEqual([{ where: 'b.md:3', code: '1; // => 1' }]);
  expect(exportedNames(file)).toEqual(['add']);
  writeFiles(folder.root, { 'index.ts': "export * from './a.ts';\nexport { b as c, type T } from './b.ts';\n" });
  expect(exportedNames(join(folder.root, 'index.ts'))).toEqual(['add', 'c']);
});
