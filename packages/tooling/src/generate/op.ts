import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { listFiles } from '../workspace.ts';
import { addExport, addImport, capitalized, edit, fill } from './template.ts';

/**
 * Adds the stub of an op to its family, its name to the door and its sample.
 *
 * The stub has no `vjp`, so it does not compile until the rule, or `vjp: null`, is written.
 */
export function newOp(root: string, name: string, family: string): string[] {
  const core = join(root, 'packages/core/src');
  const file = join(core, 'ops', `${family}.ts`);
  if (!/^[a-z][A-Za-z0-9]*$/.test(name))
    throw new Error(`'${name}' is no op name: write camelCase, such as logSoftmax`);
  if (!existsSync(file)) {
    const families = listFiles(join(core, 'ops'), '.ts').map((path) => basename(path, '.ts'));
    throw new Error(`no family '${family}'. Choose from ${families.filter((known) => known !== 'index').join(', ')}.`);
  }
  const values = { name, Name: capitalized(name) };
  const samples = join(core, 'testing/samples', `${family}.ts`);
  return [
    edit(file, (text) => {
      if (text.includes(`export const ${name}Op`)) throw new Error(`${file} has ${name} already`);
      return withImports(`${text.trimEnd()}\n${fill('op/op.ts', values)}`);
    }),
    edit(join(core, 'index.ts'), (text) => addExport(text, name, `./ops/${family}.ts`)),
    edit(samples, (text) => withSample(text, family, values)),
  ];
}

/** What the stub uses, where the family does not import it yet. */
function withImports(text: string): string {
  const names = ['asFloat', 'sameType'].reduce((result, name) => addImport(result, name, './shared.ts'), text);
  const withBind = addImport(names, 'bind', '../trace/bind.ts');
  const types = [
    ['OpDef', '../ir/op.ts'],
    ['Tensor', '../ir/tensor.ts'],
    ['TensorLike', '../trace/literal.ts'],
  ] as const;
  return types.reduce((result, [name, module]) => addImport(result, name, module, 'import type'), withBind);
}

/** Adds the sample at the end of the record, and the names it uses to the imports. */
function withSample(text: string, family: string, values: { name: string; Name: string }): string {
  const record = /(: SamplesOf<[^>]*> = \{\n(?:.*\n)*?)(\};)/;
  const withRecord = text.replace(record, (_, head: string, end: string) => head + fill('op/sample.ts', values) + end);
  if (withRecord === text) return text;
  return addImport(addImport(withRecord, values.name, `../../ops/${family}.ts`), 'unarySamples', './make.ts');
}
