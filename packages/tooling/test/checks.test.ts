import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatCheck, knipCheck, lintCheck, typesCheck } from '../src/checks/commands.ts';
import { completeCheck } from '../src/checks/complete.ts';
import { isolationCheck } from '../src/checks/isolation.ts';
import { bundleCode, sizesOf } from '../src/checks/bundle.ts';
import { checkLayers, coreLayers } from '../src/checks/layers.ts';
import { levelsCheck } from '../src/checks/levels.ts';
import { runtimesCheck } from '../src/checks/runtimes.ts';
import { sizeCheck, sizeProblem } from '../src/checks/size.ts';
import { versionsCheck } from '../src/checks/versions.ts';
import { repositoryRoot } from '../src/workspace.ts';
import type { Check } from '../src/checks/check.ts';
import { completeWorkspace, manifest, temporaryFolder } from './fixture.ts';
import type { Files } from './fixture.ts';

async function problemsOf(check: Check, files: Files, ...configuration: string[]): Promise<string> {
  using folder = temporaryFolder(files);
  for (const file of configuration) cpSync(join(repositoryRoot, file), join(folder.root, file));
  return (await check.run(folder.root)).join('\n');
}

describe('layers', () => {
  function layerProblems(files: Files): string[] {
    using folder = temporaryFolder(files);
    return checkLayers(folder.root, coreLayers);
  }

  test('an import from below, and a type from above, are fine', () => {
    const files = {
      'shape.ts': "import type { Graph } from './ir/graph.ts';\nexport const a = 1 as unknown as Graph;",
      'ir/graph.ts': "import { a } from '../shape.ts';\nexport type Graph = typeof a;",
      'ops/reduce.ts': "import { x } from './elementwise.ts';\nexport { x };",
      'ops/elementwise.ts': 'export const x = 1;',
    };
    expect(layerProblems(files)).toEqual([]);
  });

  test('a value from above is named with its line', () => {
    const files = { 'shape.ts': "\nimport { Graph } from './ir/graph.ts';\nexport { Graph };", 'ir/graph.ts': '' };
    expect(layerProblems(files)).toEqual([
      'shape.ts:2: imports ir/graph.ts; layer 0 (nearest-name) must not import layer 1 (ir). Move the code down, or import only its types.',
    ]);
  });

  test('op files have an order of their own; a dynamic import and a re-export count', () => {
    const files = {
      'ops/elementwise.ts': "export { sum } from './reduce.ts';\nexport const late = import('./conv.ts');",
      'ops/reduce.ts': 'export const sum = 1;',
      'ops/conv.ts': '',
    };
    expect(layerProblems(files)).toHaveLength(2);
  });

  test('a file without a layer is named', () => {
    expect(layerProblems({ 'misc.ts': '' })).toEqual([expect.stringContaining('misc.ts: belongs to no layer')]);
  });
});

describe('levels', () => {
  const dependencies = (name: string): object => ({ dependencies: { [`@gai/${name}`]: 'workspace:^' } });

  test.for([
    ['nn', 'core', ''],
    ['nn', 'cnn', '@gai/nn (level 1) depends on @gai/cnn (level 2)'],
    ['cnn', 'data', '@gai/cnn depends on @gai/data, which'],
    ['surprise', 'core', '@gai/surprise: has no level'],
  ])('%s → %s', async ([from = '', to = '', problem = '']) => {
    const found = await problemsOf(levelsCheck, {
      [`packages/${from}/package.json`]: manifest(from, dependencies(to)),
    });
    expect(found).toContain(problem);
    expect(found === '').toBe(problem === '');
  });

  test('core depends on nothing, and its tests on no package of ours', async () => {
    const of = (extra: object): Promise<string> =>
      problemsOf(levelsCheck, { 'packages/core/package.json': manifest('core', extra) });
    expect(await of({ devDependencies: { vitest: 'catalog:' } })).toBe('');
    expect(await of({ dependencies: { tslib: '1.0.0' } })).toBe('@gai/core lists tslib: core depends on nothing.');
    expect(await of({ devDependencies: { '@gai/nn': 'workspace:^' } })).toContain('@gai/core lists @gai/nn');
  });
});

describe('runtimes', () => {
  const names = { devDependencies: { 'onnxruntime-node': 'catalog:' } };

  test('a backend may name onnxruntime', async () => {
    expect(await problemsOf(runtimesCheck, { 'packages/backend-node/package.json': manifest('b', names) })).toBe('');
  });

  test('nobody else may, in package.json or in code', async () => {
    const found = await problemsOf(runtimesCheck, {
      'packages/nn/package.json': manifest('nn', names),
      'packages/nn/test/a.test.ts': "import * as ort from 'onnxruntime-node';\n",
    });
    expect(found).toContain('packages/nn/package.json: lists onnxruntime-node');
    expect(found).toContain('packages/nn/test/a.test.ts:1: imports onnxruntime-node');
  });
});

describe('complete', () => {
  test('a complete package passes', async () => {
    expect(await problemsOf(completeCheck, completeWorkspace)).toBe('');
  });

  test.for([
    ['packages/nn/README.md', '# @gai/nn\n', 'README.md: lacks an install line'],
    ['packages/nn/package.json', manifest('nn', { sideEffects: true }), '"sideEffects" must be false'],
    ['packages/nn/package.json', manifest('nn', { exports: { '.': {} } }), "exports['.'] is {}"],
    ['packages/extra/package.json', manifest('extra'), 'packages/extra: README.md is missing'],
    ['packages/extra/package.json', manifest('extra'), 'apps/docs/package.json: lacks @gai/extra'],
  ] as [string, string | object, string][])('%s: %s', async ([path, content, problem]) => {
    expect(await problemsOf(completeCheck, { ...completeWorkspace, [path]: content })).toContain(problem);
  });
});

describe('versions', () => {
  test.for([
    [{ typescript: '^6.0.0' }, 'typescript is "^6.0.0"; expected "catalog:"'],
    [{ '@gai/core': '^0.1.0' }, '@gai/core is "^0.1.0"; expected "workspace:^"'],
    [{ left: '1.0.0' }, 'left is "1.0.0", but "2.0.0" in packages/cnn'],
  ] as [object, string][])('%o', async ([dependencies, problem]) => {
    const found = await problemsOf(versionsCheck, {
      ...completeWorkspace,
      'packages/cnn/package.json': manifest('cnn', { dependencies: { left: '2.0.0', typescript: 'catalog:' } }),
      'packages/nn/package.json': manifest('nn', { dependencies }),
    });
    expect(found).toContain(problem);
  });
});

describe('isolation', () => {
  const source = "import { readFileSync } from 'node:fs';\nexport const one = readFileSync;\n";

  test('a page can load every door', async () => {
    expect(await problemsOf(isolationCheck, completeWorkspace)).toBe('');
  });

  test('node: is found, except behind ./node', async () => {
    const found = await problemsOf(isolationCheck, { ...completeWorkspace, 'packages/nn/src/index.ts': source });
    expect(found).toBe('@gai/nn: pulls in node:fs, so it cannot run in a page.');
    const exports = { './node': { '@gai/source': './src/node.ts' } };
    const behindDoor = { 'packages/nn/package.json': manifest('nn', { exports }), 'packages/nn/src/node.ts': source };
    expect(await problemsOf(isolationCheck, behindDoor)).toBe('');
  });

  test('the name of another runtime is found in the text, and onnxruntime-web in a program for Node', async () => {
    const named =
      "export const one = () => import('onnxruntime-' + 'node');\nexport const name = 'onnxruntime-node';\n";
    const found = await problemsOf(isolationCheck, { ...completeWorkspace, 'packages/nn/src/index.ts': named });
    expect(found).toBe('@gai/nn: pulls in onnxruntime-node, so it cannot run in a page.');
    const web = await problemsOf(isolationCheck, {
      'packages/backend-node/package.json': manifest('backend-node'),
      'packages/backend-node/src/index.ts': "export * from 'onnxruntime-web/wasm';\n",
      'packages/backend-web/package.json': manifest('backend-web'),
      'packages/backend-web/src/index.ts': "export * from 'onnxruntime-web/wasm';\n",
    });
    expect(web).toBe('@gai/backend-node: pulls in onnxruntime-web/wasm, which is for pages only.');
  });
});

describe('size', () => {
  test('a door within its ceiling passes; one without a ceiling is named with its size', async () => {
    expect(
      await problemsOf(sizeCheck, { 'packages/rl/package.json': manifest('rl'), 'packages/rl/src/index.ts': '' }),
    ).toBe('');
    const extra = {
      'packages/extra/package.json': manifest('extra'),
      'packages/extra/src/index.ts': 'export const a = 1;',
    };
    expect(await problemsOf(sizeCheck, extra)).toBe(
      "@gai/extra: has no ceiling. Measured 0 kB, gzip 0 kB; add '@gai/extra': [0, 0] to " +
        'packages/tooling/src/checks/size-ceilings.ts.',
    );
  });

  test.for([
    [{ raw: 10, gzip: 5 }, ''],
    [{ raw: 10.1, gzip: 5 }, 'x: 10.1 kB, gzip 5 kB; the ceiling is 10 kB, gzip 5 kB. Look at what it imports, or'],
    [{ raw: 9, gzip: 5.1 }, 'x: 9 kB, gzip 5.1 kB; the ceiling is 10 kB, gzip 5 kB.'],
  ] as const)('%o', ([sizes, problem]) => {
    const found = sizeProblem({ name: 'x', ceiling: [10, 5], ...sizes }).join('');
    expect(found).toContain(problem);
    expect(found === '').toBe(problem === '');
  });

  test('of one op a page gets that op and what it needs: what a call made could not be left out', async () => {
    const file = join(repositoryRoot, 'packages/core/src/index.ts');
    const door = { specifier: '@gai/core', file, needsNode: false };
    const opsOf = async (name: string): Promise<string[]> => {
      const { text } = await bundleCode(`export { ${name} } from ${JSON.stringify(file)};`, door);
      return [...text.matchAll(/kind:"op",name:"(\w+)"/g)].map(([, op]) => op!).toSorted();
    };
    expect(await opsOf('add')).toEqual(['add', 'cast']);
    expect(await opsOf('neg')).not.toContain('tan');
  });

  test('sizes are those of the minified text, in kilobytes', () => {
    const { raw, gzip } = sizesOf('a'.repeat(123_440));
    expect(raw).toBe(123.4);
    expect(gzip).toBeGreaterThan(0);
    expect(gzip).toBeLessThan(1);
  });
});

describe('commands', () => {
  const lint = (code: string): Promise<string> =>
    problemsOf(lintCheck, { 'packages/nn/src/a.ts': code }, '.oxlintrc.json');

  test.for([
    ['Math.random', 'export const a = Math.random();\n', 'no-restricted-properties'],
    ['Date.now', 'export const a = Date.now();\n', 'no-restricted-properties'],
    ['any', 'export const a = 1 as any;\n', 'no-explicit-any'],
    ['401 lines', 'export {};\n'.repeat(401), 'max-lines'],
    [
      '5 parameters',
      'export function f(a = 1, b = 1, c = 1, d = 1, e = 1) { return a + b + c + d + e; }\n',
      'max-params',
    ],
    ['61 lines of function', `export function f() {\n${'  console.log();\n'.repeat(60)}}\n`, 'max-lines-per-function'],
    [
      '5 levels deep',
      `export function f(a: boolean) { ${'if (a) { '.repeat(5)}console.log(a);${' }'.repeat(5)} }\n`,
      'max-depth',
    ],
  ])('lint refuses %s', async ([, code = '', rule = '']) => {
    expect(await lint(code)).toContain(rule);
  });

  test('lint accepts plain code', async () => {
    expect(await lint('export const a = 1;\n')).toBe('');
  });

  test('format', async () => {
    expect(await problemsOf(formatCheck, { 'a.ts': "export const a = 'b';\n" }, '.oxfmtrc.json')).toBe('');
    expect(await problemsOf(formatCheck, { 'a.ts': 'export const a = "b"\n' }, '.oxfmtrc.json')).toContain('a.ts');
  });

  test('knip', async () => {
    const files = { 'package.json': { name: 'root', main: 'a.js' }, 'a.js': 'export {};\n', 'b.js': 'export {};\n' };
    expect(await problemsOf(knipCheck, files)).toContain('b.js');
  });

  test('types', async () => {
    const files = {
      'tsconfig.json': { compilerOptions: { strict: true, types: [], skipLibCheck: true }, include: ['packages'] },
    };
    const wrong = { ...files, 'packages/nn/src/a.ts': "export const a: number = '1';\n" };
    expect(await problemsOf(typesCheck, wrong)).toContain('TS2322');
  });
});
