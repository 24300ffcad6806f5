import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { runCommand } from '../run.ts';
import { listFiles, listPackages, publishedPackages } from '../workspace.ts';
import { exportTable, namesOnce } from './exports.ts';
import { markdownExamples, moduleName } from './extract.ts';
import type { Example } from './extract.ts';
import { examplesInScope } from './package.ts';
import { typedModule } from './transform.ts';
import type { ExportTable } from './transform.ts';

/** An example as the compiler sees it. */
export interface TypedExample {
  readonly example: Example;
  /** What it may use without importing it: values and types. */
  readonly exports: ExportTable;
}

/** Code that goes on from what stands before it, or belongs into a project of another kind, is marked so. */
const isWhole = (info: string): boolean => info.split(' ')[0] === 'ts' && !info.includes('fragment');

/** TypeScript of pages and READMEs, run or not; it imports what it uses, as a reader would. */
function pageExamples(root: string): Example[] {
  const readmes = listPackages(root).map(({ dir }) => join(dir, 'README.md'));
  const pages = [join(root, 'README.md'), ...readmes, ...listFiles(join(root, 'docs'), '.md')];
  return pages.filter((file) => existsSync(file)).flatMap((file) => markdownExamples(file, root, isWhole));
}

/** Every documented example, with what it may use: docstrings, READMEs and pages. */
export function typedExamples(root: string): Map<string, TypedExample[]> {
  const found = new Map<string, TypedExample[]>();
  for (const each of publishedPackages(root)) {
    const { examples, packages } = examplesInScope(root, each);
    const docstrings = examples.filter(({ file }) => file !== undefined);
    const scope = (file?: string): ExportTable => scopeOf(file, exportTable(packages, file, true));
    found.set(
      basename(each.dir),
      docstrings.map((example) => ({ example, exports: scope(example.file) })),
    );
  }
  return found.set(
    'pages',
    pageExamples(root).map((example) => ({ example, exports: new Map<string, string>() })),
  );
}

/** What the file of a docstring exports comes before what the doors have. */
function scopeOf(origin: string | undefined, doors: ExportTable): ExportTable {
  if (origin === undefined) return doors;
  return new Map([...doors, ...namesOnce(origin, true).map((name) => [name, origin] as const)]);
}

/** Beside the workspace's own: examples name what they show, used or not, and those for a page use what a page has. */
const OPTIONS = {
  noEmit: true,
  noUnusedLocals: false,
  noUnusedParameters: false,
  allowImportingTsExtensions: true,
  rewriteRelativeImportExtensions: false,
  lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.Iterable'],
};

/** Compiles examples as a reader with a strict project would, and returns what the compiler says, at the reader's place. */
export async function checkExampleTypes(
  root: string,
  groups: ReadonlyMap<string, readonly TypedExample[]>,
  folder = join(root, 'apps/docs/.doctest/types'),
): Promise<string[]> {
  const examples = writeModules(groups, folder);
  const settings = {
    extends: relative(folder, join(root, 'tsconfig.base.json')),
    compilerOptions: OPTIONS,
    include: ['**/*.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  // Beside the folder, which is emptied first: only what has changed is looked at again.
  const args = ['-p', folder, '--incremental', '--tsBuildInfoFile', `${folder}.tsbuildinfo`, '--pretty', 'false'];
  const { code, output } = await runCommand(join(root, 'node_modules/.bin/tsc'), args, { cwd: root });
  const problems = output.split('\n').flatMap((line) => problemOf(line, examples));
  return code !== 0 && problems.length === 0 ? [output.trim()] : problems;
}

/** Writes one module per example; gives back which example a file holds. */
function writeModules(groups: ReadonlyMap<string, readonly TypedExample[]>, folder: string): Map<string, Example> {
  rmSync(folder, { recursive: true, force: true });
  const written = new Map<string, Example>();
  for (const [group, members] of groups) {
    mkdirSync(join(folder, group), { recursive: true });
    members.forEach(({ example, exports }, index) => {
      const name = moduleName(example, index).replace(/\.mts$/, '.ts');
      writeFileSync(join(folder, group, name), typedModule(example.code, exports));
      written.set(`${group}/${name}`, example);
    });
  }
  return written;
}

/** `…/nn/004-x.mts(3,7): error …` says where the example stands and which of its lines is meant. */
function problemOf(line: string, examples: ReadonlyMap<string, Example>): string[] {
  const [, file, row, message] = /^(.+\.ts)\((\d+),\d+\): (error .*)$/.exec(line) ?? [];
  const example = file === undefined ? undefined : examples.get(file.split('/').slice(-2).join('/'));
  if (example === undefined) return [];
  const at = Number(row) - 1;
  return [
    `${example.where}, line ${at} of the example: ${message}\n  ${example.code.split('\n')[at - 1]?.trim() ?? ''}`,
  ];
}
