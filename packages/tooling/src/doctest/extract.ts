import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import ts from 'typescript';
import { codeBlocks } from '../markdown.ts';
import { listFiles } from '../workspace.ts';

/** A piece of documentation that claims to run. */
export interface Example {
  /** Where it stands, such as `packages/core/src/ops/reduce.ts:41`. */
  where: string;
  code: string;
  /** The source file of a docstring: an example may use what that file exports, public or not. */
  file?: string;
}

/** `@example` blocks of one source file; a fence inside the block is removed. */
export function docstringExamples(file: string, root: string): Example[] {
  const text = readFileSync(file, 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = new Map<number, Example>();
  const visit = (node: ts.Node): void => {
    for (const tag of ts.getJSDocTags(node)) {
      if (tag.tagName.text !== 'example' || found.has(tag.pos)) continue;
      const line = source.getLineAndCharacterOfPosition(tag.getStart()).line + 1;
      const code = exampleCode(text.slice(tag.tagName.end, tag.end));
      if (code !== '') found.set(tag.pos, { where: `${relative(root, file)}:${line}`, code, file });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found.values()];
}

/** The code of a raw `@example` tag: without the comment's stars, caption and fence. */
function exampleCode(raw: string): string {
  const lines = raw
    .replace(/\*\/\s*$/, '')
    .split('\n')
    .map((line, index) => (index === 0 ? line.trim() : line.replace(/^\s*\*? ?/, '')));
  const fences = codeBlocks(lines.join('\n'));
  if (fences.length > 0)
    return fences
      .map(({ code }) => code)
      .join('\n')
      .trim();
  return lines.slice(1).join('\n').trim();
}

/** Every example of a package: its docstrings and the first TypeScript block of its README. */
export function packageExamples(dir: string, root: string): Example[] {
  const sources = listFiles(join(dir, 'src'), '.ts').filter((file) => !file.endsWith('.test.ts'));
  const readme = listFiles(dir, 'README.md').filter((file) => relative(dir, file) === 'README.md');
  return [
    ...sources.flatMap((file) => docstringExamples(file, root)),
    ...readme.flatMap((file) => markdownExamples(file, root, (info) => info.startsWith('ts')).slice(0, 1)),
  ];
}

const isMarkedToRun = (info: string): boolean => info === 'ts run';

/** Code blocks of a Markdown file whose info string is chosen; the default is `ts run`. */
export function markdownExamples(file: string, root: string, chosen = isMarkedToRun): Example[] {
  return codeBlocks(readFileSync(file, 'utf8'))
    .filter(({ info }) => chosen(info))
    .map(({ code, line }) => ({ where: `${relative(root, file)}:${line}`, code }));
}

/** A file name for an example that a person can find again. */
export function moduleName(example: Example, index: number): string {
  return `${String(index).padStart(3, '0')}-${basename(example.where).replace(/\W+/g, '-')}.mts`;
}
