import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { codeBlocks, installLine } from '../markdown.ts';
import { runCommand } from '../run.ts';
import type { WorkspacePackage } from '../workspace.ts';

/** A `package.json` that takes `@gai/*` from tarballs, wherever in the tree it is needed. */
export function consumerManifest(names: readonly string[], tarballs: ReadonlyMap<string, string>): object {
  const files = new Map([...tarballs].map(([name, file]) => [name, `file:${file}`]));
  const dependencies = Object.fromEntries(names.map((name) => [name, files.get(name) ?? 'latest']));
  return { name: 'consumer', private: true, type: 'module', dependencies, overrides: Object.fromEntries(files) };
}

/** Names below `node_modules`, scoped ones as `@scope/name`. */
function installedNames(folder: string): string[] {
  const names = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  return names.flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(folder, 'node_modules', name)).map((inner) => `${name}/${inner}`) : [name],
  );
}

/** The first TypeScript example of a README as JavaScript. */
export function readmeExample(markdown: string): string | undefined {
  const block = codeBlocks(markdown).find(({ info }) => info.startsWith('ts'));
  if (!block) return undefined;
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(block.code, { compilerOptions }).outputText;
}

/** Installs the packages named into the empty `folder` with npm; complains about anything that nobody asked for. */
export async function installFromTarballs(
  names: readonly string[],
  tarballs: ReadonlyMap<string, string>,
  folder: string,
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(consumerManifest(names, tarballs), undefined, 2));
  const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  const { code, output } = await runCommand('npm', args, { cwd: folder, env: { ONNXRUNTIME_NODE_INSTALL: 'skip' } });
  if (code !== 0) return [`npm install ${names.join(' ')} failed\n${output.trim()}`];
  return strayPackages(names, installedNames(folder));
}

/**
 * Installs a package as its README says, with npm and from tarballs, into the empty `folder`, and runs the README's
 * first example there.
 *
 * @returns What went wrong, one line each.
 */
export async function tryPackage(
  { dir, manifest }: WorkspacePackage,
  tarballs: ReadonlyMap<string, string>,
  folder: string,
): Promise<string[]> {
  const { name } = manifest;
  const file = join(dir, 'README.md');
  if (!existsSync(file)) return [`${name}: README.md is missing`];
  const readme = readFileSync(file, 'utf8');
  const names = installLine(readme);
  const example = readmeExample(readme);
  if (!names.includes(name)) return [`${name}: the README's install line does not name ${name}`];
  if (example === undefined) return [`${name}: the README has no example`];
  const problems = await installFromTarballs(names, tarballs, folder);
  if (problems.length > 0) return problems;
  writeFileSync(join(folder, 'main.mjs'), example);
  const run = await runCommand(process.execPath, ['main.mjs'], { cwd: folder, timeout: 120_000 });
  if (run.code !== 0) problems.push(`${name}: the README's first example failed\n${run.output.trim()}`);
  return problems;
}

/** Runtimes nobody asked for. `@gai/core` alone may bring nothing at all. */
export function strayPackages(asked: readonly string[], installed: readonly string[]): string[] {
  const alone = asked.length === 1 && asked[0] === '@gai/core';
  const stray = installed.filter((found) => {
    if (alone) return found !== '@gai/core';
    if (!found.startsWith('onnxruntime-') || found === 'onnxruntime-common') return false;
    return !asked.includes(found.replace('onnxruntime', '@gai/backend'));
  });
  return stray.map((found) => `installing ${asked.join(' ')} also brings ${found}`);
}
