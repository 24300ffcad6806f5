import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { WorkspacePackage } from '../workspace.ts';

/** Modules a user may import from a package, the main door first: `[specifier, source file]`. */
export function doorsOf({ dir, manifest }: WorkspacePackage): [string, string][] {
  return Object.entries(manifest.exports ?? {}).flatMap(([door, target]): [string, string][] => {
    if (typeof target === 'string') return [];
    const file = join(dir, target['@gai/source'] ?? '');
    return existsSync(file) ? [[manifest.name + door.slice(1), file]] : [];
  });
}

/**
 * Names that some packages export, and from where. The first door that has a name wins; a door whose folder holds
 * `origin` comes before the others, so `split` means the one of `random/` in an example that stands there.
 *
 * Reads the explicit `export { … } from` lists and declarations, so nothing has to be loaded or type checked.
 */
export function exportTable(
  packages: readonly WorkspacePackage[],
  origin = '',
  withTypes = false,
): Map<string, string> {
  const nearness = (door: string): number => (origin.startsWith(`${dirname(door)}/`) ? dirname(door).length : 0);
  const doors = packages.flatMap(doorsOf).sort(([, a], [, b]) => nearness(b) - nearness(a));
  const table = new Map<string, string>();
  for (const [specifier, file] of doors) {
    for (const name of namesOnce(file, withTypes)) if (!table.has(name)) table.set(name, specifier);
  }
  return table;
}

const known = new Map<string, readonly string[]>();

/** {@link exportedNames}, read once: a door is asked for with every example, and takes up to a tenth of a second. */
export function namesOnce(file: string, withTypes = false): readonly string[] {
  const key = `${file} ${withTypes}`;
  const names = known.get(key) ?? exportedNames(file, withTypes);
  known.set(key, names);
  return names;
}

/** Names a module exports, values and where asked types: by list, by declaration, or with `export *` from a file beside it. */
export function exportedNames(file: string, withTypes = false): string[] {
  const source = ts.createSourceFile(file, ts.sys.readFile(file) ?? '', ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement) && (withTypes || !statement.isTypeOnly)) {
      if (!statement.exportClause) return exportedNames(join(dirname(file), starSource(statement)), withTypes);
      if (ts.isNamespaceExport(statement.exportClause)) return [statement.exportClause.name.text];
      return statement.exportClause.elements
        .filter(({ isTypeOnly }) => withTypes || !isTypeOnly)
        .map(({ name }) => name.text);
    }
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map(({ name }) => name.getText());
    }
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) return [statement.name?.text ?? ''];
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    if (withTypes && isType) return [statement.name.text];
    return [];
  });
}

/** The file behind `export * from './file.ts'`. */
function starSource({ moduleSpecifier }: ts.ExportDeclaration): string {
  return moduleSpecifier && ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : '';
}
