import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addExport, create, edit, fill, kebabCase } from './template.ts';

/** Writes a layer, its test and its export: `new:layer GroupNorm`, or `new:layer cnn/SqueezeExcite`. */
export function newLayer(root: string, wanted: string): string[] {
  const [name = '', packageName = 'nn'] = wanted.split('/').reverse();
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name))
    throw new Error(`'${name}' is no layer name: write PascalCase, such as GroupNorm`);
  const src = join(root, 'packages', packageName, 'src');
  if (!existsSync(src)) throw new Error(`there is no package ${packageName}`);
  const file = kebabCase(name);
  const values = { Name: name, file, module: packageName === 'nn' ? '../module.ts' : '@gai/nn' };
  return [
    create(join(src, 'layers', `${file}.ts`), fill('layer/layer.ts', values)),
    create(join(src, 'layers', `${file}.test.ts`), fill('layer/layer.test.ts', values)),
    edit(join(src, 'index.ts'), (text) => {
      const module = `./layers/${file}.ts`;
      return `${addExport(text, name, module).trimEnd()}\nexport type { ${name}Options } from '${module}';\n`;
    }),
  ];
}
