import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { completeCheck } from '../src/checks/complete.ts';
import { checkLayers, coreLayers } from '../src/checks/layers.ts';
import { newLayer } from '../src/generate/layer.ts';
import { newOp, opFamilies } from '../src/generate/op.ts';
import { newPackage } from '../src/generate/package.ts';
import { Plan } from '../src/generate/plan.ts';
import { addExport, addImport } from '../src/generate/source.ts';
import { kebabCase } from '../src/generate/template.ts';
import { runCommand } from '../src/run.ts';
import { repositoryRoot } from '../src/workspace.ts';
import { completeWorkspace, insidePackage, temporaryFolder, writeFiles } from './fixture.ts';

const core = {
  'packages/core/src/index.ts': "export { add } from './ops/unary.ts';\n",
  'packages/core/src/ops/unary.ts': 'export const x = 1;\n',
  'packages/core/src/testing/samples/unary.ts':
    "import { exp } from '../../ops/unary.ts';\nimport * as unary from '../../ops/unary.ts';\nexport const unaryOpSamples: SamplesOf<typeof unary> = {\n  exp: [],\n};\n",
};

test('new:op writes the stub, the export and the sample', () => {
  using folder = temporaryFolder(core);
  const read = (path: string): string => readFileSync(join(folder.root, 'packages/core/src', path), 'utf8');
  newOp(folder.root, 'sinh', 'unary');
  expect(read('ops/unary.ts')).toContain("export const sinhOp: OpDef = {\n  kind: 'op',\n  name: 'sinh'");
  expect(read('ops/unary.ts')).not.toContain('vjp');
  expect(read('index.ts')).toBe("export { add, sinh } from './ops/unary.ts';\n");
  expect(read('testing/samples/unary.ts')).toContain("import { exp, sinh } from '../../ops/unary.ts';");
  expect(read('testing/samples/unary.ts')).toMatch(
    /exp: \[\],\s+sinh: \[\.\.\.unarySamples\(sinh, Math\.sinh\)\],\s+\};/,
  );
  expect(read('testing/samples/unary.ts')).toContain("import { unarySamples } from './make.ts';");
  expect(read('ops/unary.ts')).toContain("import { asFloat, sameType } from './shared.ts';");
  expect(read('ops/unary.ts')).toContain("import type { OpDef } from '../ir/op.ts';");
  expect(() => newOp(folder.root, 'sinh', 'unary')).toThrow('@gai/core has sinh already');
  expect(() => newOp(folder.root, 'x', 'unary')).toThrow('unary.ts has x already');
  expect(() => newOp(folder.root, 'sinh', 'nowhere')).toThrow("no family 'nowhere'. Choose from unary.");
  expect(() => newOp(folder.root, 'Sinh', 'unary')).toThrow('camelCase');
});

test('new:op edits nothing where one of its files has no place for it', () => {
  const samples = "import * as unary from '../../ops/unary.ts';\nexport const all: SamplesOf<typeof unary> = made();\n";
  using folder = temporaryFolder({ ...core, 'packages/core/src/testing/samples/unary.ts': samples });
  expect(() => newOp(folder.root, 'sinh', 'unary')).toThrow('are no object to add one to');
  for (const [path, text] of Object.entries(core).slice(0, 2))
    expect(readFileSync(join(folder.root, path), 'utf8')).toBe(text);
});

test('a plan that cannot be written leaves every file as it was', () => {
  using folder = temporaryFolder({ 'a.ts': 'a', 'b/c.ts': 'c' });
  const at = (path: string): string => join(folder.root, path);
  const plan = new Plan()
    .edit(at('a.ts'), () => 'b')
    .create(at('new.ts'), 'n')
    .create(at('a.ts/below.ts'), 'x');
  expect(() => plan.write()).toThrow();
  expect(readFileSync(at('a.ts'), 'utf8')).toBe('a');
  expect(readdirSync(folder.root).sort()).toEqual(['a.ts', 'b']);
  expect(() => plan.create(at('b/c.ts'), '')).toThrow('exists already');
  expect(() => plan.edit(at('b/c.ts'), (text) => text)).toThrow('found no place');
});

test('new:op gives code that compiles and keeps the layers, in every family of the real tree', async () => {
  using folder = temporaryFolder({}, insidePackage);
  const src = join(folder.root, 'packages/core/src');
  cpSync(join(repositoryRoot, 'packages/core/src'), src, {
    recursive: true,
    filter: (file) => !/\.test(-d)?\.ts$/.test(file),
  });
  const families = [...opFamilies(folder.root)];
  expect(families.length).toBeGreaterThan(20);
  for (const [index, [family, { file }]] of families.entries()) {
    const name = `probe${index}`;
    newOp(folder.root, name, family);
    // What the author writes: the gradient rule, and a reference where Math has none of the name.
    const op = join(src, 'ops', `${family}.ts`);
    writeFileSync(op, readFileSync(op, 'utf8').replace(`name: '${name}',`, `name: '${name}',\n  vjp: null,`));
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`Math.${name}`, 'Math.cbrt'));
  }
  expect(checkLayers(src, coreLayers)).toEqual([]);
  mkdirSync(join(folder.root, 'packages/core'), { recursive: true });
  const config = {
    extends: join(repositoryRoot, 'tsconfig.base.json'),
    compilerOptions: { noEmit: true },
    include: [src],
  };
  writeFileSync(join(folder.root, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(repositoryRoot, 'node_modules/.bin/tsc');
  const { output } = await runCommand(tsc, ['-p', folder.root, '--pretty', 'false'], { cwd: folder.root });
  expect(output).toBe('');
}, 600_000);

test('new:layer writes layer, test and exports; it does not overwrite', () => {
  using folder = temporaryFolder(completeWorkspace);
  newLayer(folder.root, 'GroupNorm');
  expect(existsSync(join(folder.root, 'packages/nn/src/layers/group-norm.test.ts'))).toBe(true);
  const index = readFileSync(join(folder.root, 'packages/nn/src/index.ts'), 'utf8');
  expect(index).toContain("export { GroupNorm } from './layers/group-norm.ts';");
  expect(index).toContain("export type { GroupNormOptions } from './layers/group-norm.ts';");
  expect(() => newLayer(folder.root, 'GroupNorm')).toThrow('@gai/nn has GroupNorm already');
  // Also one whose file has another name, or one that is in its place and not exported.
  writeFiles(folder.root, { 'packages/nn/src/index.ts': "export { Lstm } from './layers/recurrent.ts';\n" });
  expect(() => newLayer(folder.root, 'Lstm')).toThrow('@gai/nn has Lstm already');
  expect(() => newLayer(folder.root, 'GroupNorm')).toThrow('exists already');
  expect(() => newLayer(folder.root, 'nowhere/GroupNorm')).toThrow('no package nowhere');
  writeFiles(folder.root, { 'packages/plain/package.json': { name: '@gai/plain' }, 'packages/plain/src/index.ts': '' });
  expect(() => newLayer(folder.root, 'plain/GroupNorm')).toThrow('plain does not depend on @gai/nn');
});

test('a layer that says what the template says is not complete', async () => {
  using folder = temporaryFolder(completeWorkspace);
  newLayer(folder.root, 'GroupNorm');
  expect(await completeCheck.run(folder.root)).toEqual([
    expect.stringContaining('packages/nn/src/layers/group-norm.ts: says "One sentence with the formula."'),
  ]);
});

test('new:package writes a complete package', async () => {
  const levels = 'export const packageLevels = {\n  core: { level: 0 },\n};\n';
  using folder = temporaryFolder({ ...completeWorkspace, 'packages/tooling/src/checks/levels.ts': levels });
  newPackage(folder.root, 'speech', { needs: ['core', 'nn'], description: 'Speech.' });
  expect(await completeCheck.run(folder.root)).toEqual([]);
  const table = readFileSync(join(folder.root, 'packages/tooling/src/checks/levels.ts'), 'utf8');
  expect(table).toContain("  'speech': { level: 2, dependsOn: ['core', 'nn'] },\n};");
  const quotes = { needs: ['core'], description: 'A "model".' };
  expect(() => newPackage(folder.root, 'x', quotes)).toThrow('the description has a quotation mark');
  expect(() => newPackage(folder.root, 'x', { needs: ['nowhere'], description: '' })).toThrow("no package 'nowhere'");
});

test('names and exports', () => {
  expect(kebabCase('DPOTrainer')).toBe('dpo-trainer');
  expect(kebabCase('Conv2d')).toBe('conv2d');
  expect(addExport('', 'a', './a.ts')).toBe("\nexport { a } from './a.ts';\n");
  expect(addExport("export {\n  b,\n} from './a.ts';\n", 'a', './a.ts')).toBe("export {\n  b, a\n} from './a.ts';\n");
  // A type of the name is no value, and a name in another list is none of this one.
  const types = "import type { bind } from './b.ts';\n";
  expect(addImport(types, 'bind', './b.ts')).toBe(
    "import type { bind } from './b.ts';\nimport { bind } from './b.ts';\n",
  );
  const value = "import { bind } from './b.ts';\n";
  expect(addImport(value, 'bind', './b.ts', true)).toBe(value);
});
