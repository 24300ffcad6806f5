import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listFiles } from '../workspace.ts';

const templates = join(import.meta.dirname, '../../templates');

/** Values for `__key__` in a template. */
export type Values = Readonly<Record<string, string>>;

/** The text of `templates/<path>.template` with its values filled in. */
export function fill(path: string, values: Values): string {
  return substitute(readFileSync(join(templates, `${path}.template`), 'utf8'), values);
}

function substitute(text: string, values: Values): string {
  return text.replace(/__(\w+?)__/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`the template needs a value for ${key}`);
    return value;
  });
}

/** Writes a new file; refuses to replace one. */
export function create(file: string, text: string): string {
  if (existsSync(file)) throw new Error(`${file} exists already`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Writes every template of a folder to `target`; returns the files. */
export function createAll(folder: string, target: string, values: Values): string[] {
  const root = join(templates, folder);
  return listFiles(root, '.template').map((file) => {
    const name = file.slice(root.length + 1, -'.template'.length);
    return create(join(target, name), fill(join(folder, name), values));
  });
}

/** Changes an existing file; `change` must change something. */
export function edit(file: string, change: (text: string) => string): string {
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${file}: found no place to insert the new lines`);
  writeFileSync(file, after);
  return file;
}

/** `squeeze-excite` for `SqueezeExcite`. */
export function kebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}

/** `Tanh` for `tanh`. */
export function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Adds `export { name } from 'module'` to an index, beside names of the same module if there are any. */
export function addExport(index: string, name: string, module: string): string {
  const extended = extendList(index, 'export', name, module);
  return extended ?? `${index.trimEnd()}\nexport { ${name} } from '${module}';\n`;
}

/** Imports a name, unless the file does already; `keyword` may be `import type`. */
export function addImport(text: string, name: string, module: string, keyword = 'import'): string {
  if (new RegExp(`import (type )?\\{[^}]*\\b${name}\\b[^}]*\\}`).test(text)) return text;
  return extendList(text, keyword, name, module) ?? `${keyword} { ${name} } from '${module}';\n${text}`;
}

/** Adds a name to the list of `keyword { … } from 'module'`, or returns undefined if there is none. */
function extendList(text: string, keyword: string, name: string, module: string): string | undefined {
  const list = new RegExp(`^${keyword} \\{([^}]*)\\} from '${module.replaceAll('.', '\\.')}';`, 'm');
  const names = list.exec(text)?.[1]?.split(',');
  if (!names) return undefined;
  const all = [...names.map((entry) => entry.trim()).filter(Boolean), name];
  return text.replace(list, `${keyword} { ${all.join(', ')} } from '${module}';`);
}
