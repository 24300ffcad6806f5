import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** One module that a file names. */
export interface ModuleReference {
  specifier: string;
  /** True for `import type` and `export type`: erased by the compiler, so it costs nothing at run time. */
  typeOnly: boolean;
  /** True for `import()`: read when it is called. */
  dynamic: boolean;
  line: number;
}

/** Every `import`, `export … from` and `import()` of a TypeScript file. */
export function moduleReferences(file: string): ModuleReference[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found: ModuleReference[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    found.push({ specifier: specifier.text, typeOnly, dynamic: ts.isCallExpression(node), line });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) {
      add(node, node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
