import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { exportedNames } from '../doctest/exports.ts';
import { listFiles } from '../workspace.ts';
import { Plan } from './plan.ts';
import { addExport, addImport, addSample, namespaceImports } from './source.ts';
import { capitalized, fill } from './template.ts';

/** Where the samples of a family stand: the file, and the name under which it imports the family. */
interface SamplesPlace {
  readonly file: string;
  readonly namespace: string;
}

/** The files of ops that a record of samples belongs to, by name: those an op can be added to. */
export function opFamilies(root: string): Map<string, SamplesPlace> {
  const families = new Map<string, SamplesPlace>();
  for (const file of listFiles(join(root, 'packages/core/src/testing/samples'), '.ts')) {
    const text = readFileSync(file, 'utf8');
    for (const [namespace, module] of namespaceImports(text)) {
      if (!module.startsWith('../../ops/') || !text.includes(`SamplesOf<typeof ${namespace}>`)) continue;
      families.set(basename(module, '.ts'), { file, namespace });
    }
  }
  return families;
}

/**
 * Adds the stub of an op to its family, its name to the door and its sample.
 *
 * The stub has no `vjp`, so it does not compile until the rule, or `vjp: null`, is written.
 */
export function newOp(root: string, name: string, family: string): string[] {
  const core = join(root, 'packages/core/src');
  if (!/^[a-z][A-Za-z0-9]*$/.test(name))
    throw new Error(`'${name}' is no op name: write camelCase, such as logSoftmax`);
  const families = opFamilies(root);
  const samples = families.get(family);
  if (samples === undefined)
    throw new Error(`no family '${family}'. Choose from ${[...families.keys()].sort().join(', ')}.`);
  const door = join(core, 'index.ts');
  const file = join(core, 'ops', `${family}.ts`);
  if (exportedNames(door).includes(name)) throw new Error(`@gai/core has ${name} already`);
  if (exportedNames(file).some((known) => known === name || known === `${name}Op`))
    throw new Error(`${file} has ${name} already`);
  const values = { name, Name: capitalized(name) };
  return new Plan()
    .edit(file, (text) => withImports(`${text.trimEnd()}\n${fill('op/op.ts', values)}`))
    .edit(door, (text) => addExport(text, name, `./ops/${family}.ts`))
    .edit(samples.file, (text) => {
      const added = addSample(text, samples.namespace, fill('op/sample.ts', values));
      if (added === text) throw new Error(`${samples.file}: the samples of ${family} are no object to add one to`);
      return addImport(addImport(added, name, `../../ops/${family}.ts`), 'unarySamples', './make.ts');
    })
    .write();
}

/** What the stub uses, where the family does not import it yet. */
function withImports(text: string): string {
  const values = [
    ['asFloat', './shared.ts'],
    ['sameType', './shared.ts'],
    ['bind', '../trace/bind.ts'],
  ] as const;
  const types = [
    ['OpDef', '../ir/op.ts'],
    ['Tensor', '../ir/tensor.ts'],
    ['TensorLike', '../trace/literal.ts'],
  ] as const;
  const withValues = values.reduce((result, [name, module]) => addImport(result, name, module), text);
  return types.reduce((result, [name, module]) => addImport(result, name, module, true), withValues);
}
