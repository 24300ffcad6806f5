import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Every template of a folder, filled in: where it goes below the target, and its text. */
export function fillAll(folder: string, values: Values): [name: string, text: string][] {
  const root = join(templates, folder);
  return listFiles(root, '.template').map((file) => {
    const name = file.slice(root.length + 1, -'.template'.length);
    return [name, fill(join(folder, name), values)];
  });
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

/** Sentences of the templates that stand where an author must write: no source may keep one. */
export const templateSentences: readonly string[] = [
  'One sentence with the formula.',
  'When to use it, and what to use instead otherwise.',
  'One sentence that says what this package is for.',
];
