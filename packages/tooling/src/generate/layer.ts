import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exportedNames } from '../doctest/exports.ts';
import { readJson } from '../workspace.ts';
import type { Manifest } from '../workspace.ts';
import { Plan } from './plan.ts';
import { addExport } from './source.ts';
import { fill, kebabCase } from './template.ts';

/** Writes a layer, its test and its export: `new:layer GroupNorm`, or `new:layer cnn/SqueezeExcite`. */
export function newLayer(root: string, wanted: string): string[] {
  const [name = '', packageName = 'nn'] = wanted.split('/').reverse();
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name))
    throw new Error(`'${name}' is no layer name: write PascalCase, such as GroupNorm`);
  const dir = join(root, 'packages', packageName);
  if (!existsSync(join(dir, 'src'))) throw new Error(`there is no package ${packageName}`);
  if (packageName !== 'nn' && !readJson<Manifest>(join(dir, 'package.json')).dependencies?.['@gai/nn'])
    throw new Error(`${packageName} does not depend on @gai/nn, of whose Module layers are made`);
  const door = join(dir, 'src/index.ts');
  if (exportedNames(door).includes(name)) throw new Error(`@gai/${packageName} has ${name} already`);
  const file = kebabCase(name);
  const values = { Name: name, file, module: packageName === 'nn' ? '../module.ts' : '@gai/nn' };
  const module = `./layers/${file}.ts`;
  return new Plan()
    .create(join(dir, 'src/layers', `${file}.ts`), fill('layer/layer.ts', values))
    .create(join(dir, 'src/layers', `${file}.test.ts`), fill('layer/layer.test.ts', values))
    .edit(door, (text) => addExport(addExport(text, name, module), `${name}Options`, module, true))
    .write();
}
