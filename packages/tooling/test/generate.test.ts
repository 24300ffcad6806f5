import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { completeCheck } from '../src/checks/complete.ts';
import { newLayer } from '../src/generate/layer.ts';
import { newOp } from '../src/generate/op.ts';
import { newPackage } from '../src/generate/package.ts';
import { addExport, kebabCase } from '../src/generate/template.ts';
import { completeWorkspace, temporaryFolder } from './fixture.ts';

const core = {
  'packages/core/src/index.ts': "export { add } from './ops/unary.ts';\n",
  'packages/core/src/ops/unary.ts': 'export const x = 1;\n',
  'packages/core/src/testing/samples/unary.ts':
    "import { exp } from '../../ops/unary.ts';\nexport const unarySamples: SamplesOf<typeof unary> = {\n  exp: [],\n};\n",
};

test('new:op writes the stub, the export and the sample', () => {
  using folder = temporaryFolder(core);
  const read = (path: string): string => readFileSync(join(folder.root, 'packages/core/src', path), 'utf8');
  newOp(folder.root, 'sinh', 'unary');
  expect(read('ops/unary.ts')).toContain("export const sinhOp: OpDef = {\n  kind: 'op',\n  name: 'sinh'");
  expect(read('ops/unary.ts')).not.toContain('vjp');
  expect(read('index.ts')).toBe("export { add, sinh } from './ops/unary.ts';\n");
  expect(read('testing/samples/unary.ts')).toContain("import { exp, sinh } from '../../ops/unary.ts';");
  expect(read('testing/samples/unary.ts')).toContain('  exp: [],\n  sinh: [...unarySamples(sinh, Math.sinh)],\n};\n');
  expect(read('testing/samples/unary.ts')).toContain("import { unarySamples } from './make.ts';");
  expect(read('ops/unary.ts')).toContain("import { asFloat, sameType } from './shared.ts';");
  expect(read('ops/unary.ts')).toContain("import type { OpDef } from '../ir/op.ts';");
  expect(() => newOp(folder.root, 'sinh', 'unary')).toThrow('has sinh already');
  expect(() => newOp(folder.root, 'sinh', 'nowhere')).toThrow("no family 'nowhere'. Choose from unary.");
  expect(() => newOp(folder.root, 'Sinh', 'unary')).toThrow('camelCase');
});

test('new:layer writes layer, test and exports; it does not overwrite', () => {
  using folder = temporaryFolder(completeWorkspace);
  newLayer(folder.root, 'GroupNorm');
  expect(existsSync(join(folder.root, 'packages/nn/src/layers/group-norm.test.ts'))).toBe(true);
  const index = readFileSync(join(folder.root, 'packages/nn/src/index.ts'), 'utf8');
  expect(index).toContain("export { GroupNorm } from './layers/group-norm.ts';");
  expect(index).toContain("export type { GroupNormOptions } from './layers/group-norm.ts';");
  expect(() => newLayer(folder.root, 'GroupNorm')).toThrow('exists already');
  expect(() => newLayer(folder.root, 'nowhere/GroupNorm')).toThrow('no package nowhere');
});

test('new:package writes a complete package', async () => {
  const levels = 'export const packageLevels = {\n  core: { level: 0 },\n};\n';
  using folder = temporaryFolder({ ...completeWorkspace, 'packages/tooling/src/checks/levels.ts': levels });
  newPackage(folder.root, 'speech', { needs: ['core', 'nn'], description: 'Speech.' });
  expect(await completeCheck.run(folder.root)).toEqual([]);
  const table = readFileSync(join(folder.root, 'packages/tooling/src/checks/levels.ts'), 'utf8');
  expect(table).toContain("  'speech': { level: 2, dependsOn: ['core', 'nn'] },\n};");
  expect(() => newPackage(folder.root, 'x', { needs: ['nowhere'], description: '' })).toThrow("no package 'nowhere'");
});

test('names and exports', () => {
  expect(kebabCase('DPOTrainer')).toBe('dpo-trainer');
  expect(kebabCase('Conv2d')).toBe('conv2d');
  expect(addExport('', 'a', './a.ts')).toBe("\nexport { a } from './a.ts';\n");
});
