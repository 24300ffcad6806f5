import ts from 'typescript';

/** Exported name → module that exports it, such as `matmul` → `@gai/core`. */
export type ExportTable = ReadonlyMap<string, string>;

/**
 * Makes a module of an example: imports the exported names it uses but does not declare, and turns each
 * `expression; // => value` and `const name = …; // => value` into an assertion.
 *
 * The module calls `__check(value, literal, line)`, which the runner puts on `globalThis`.
 */
export function exampleModule(code: string, exports: ExportTable): string {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const body = withAssertions(code, source);
  return `${missingImports(source, exports)}\n${body}\nexport {};\n`;
}

/** The module as the compiler is to see it: as it stands, behind one line that imports values and types. */
export function typedModule(code: string, exports: ExportTable): string {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const { used, types, declared } = namesOf(source);
  const erased = [...types].filter((name) => !used.has(name) && !declared.has(name) && exports.has(name));
  const imports = erased.map((name) => `import type { ${name} } from '${exports.get(name)}';`).join(' ');
  return `${missingImports(source, exports)} ${imports}\n${code}\nexport {};\n`;
}

function missingImports(source: ts.SourceFile, exports: ExportTable): string {
  const { used, declared } = namesOf(source);
  const wanted = [...used].filter((name) => !declared.has(name) && exports.has(name));
  return wanted.map((name) => `import { ${name} } from '${exports.get(name)}';`).join(' ');
}

/** Names of an example: values and types that it uses, and those that it declares. */
function namesOf(source: ts.SourceFile): { used: Set<string>; types: Set<string>; declared: Set<string> } {
  const used = new Set<string>();
  const types = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node, isType: boolean): void => {
    if (ts.isIdentifier(node)) {
      if (isDeclaration(node)) declared.add(node.text);
      else if (!isPropertyName(node)) (isType ? types : used).add(node.text);
    }
    const isInner = isType || isErased(node);
    ts.forEachChild(node, (child) => visit(child, isInner));
  };
  visit(source, false);
  return { used, types, declared };
}

/** A type; `extends Module` counts as one to TypeScript, but needs the value. */
function isErased(node: ts.Node): boolean {
  if (ts.isHeritageClause(node)) return node.token === ts.SyntaxKind.ImplementsKeyword;
  return ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node);
}

function isDeclaration(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent)) return true;
  const named =
    ts.isVariableDeclaration(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isFunctionExpression(parent) ||
    ts.isClassDeclaration(parent) ||
    ts.isInterfaceDeclaration(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isTypeParameterDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent);
  return named && parent.name === name;
}

function isPropertyName(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === name;
  if (ts.isBindingElement(parent)) return parent.propertyName === name;
  const member = ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent);
  return member && parent.name === name;
}

/** The text after `// =>` on the line where `end` stands, continued by following lines that begin with `//`. */
function expectation(code: string, end: number): string | undefined {
  const first = /^[ \t]*\/\/ ?=> ?(.*)/.exec(code.slice(end)) ?? /^[ \t]*\n[ \t]*\/\/ ?=> ?(.*)/.exec(code.slice(end));
  if (!first) return undefined;
  const rest = /^(?:\n[ \t]*\/\/ {2,}.*)*/.exec(code.slice(end + first[0].length))?.[0] ?? '';
  return `${first[1]} ${rest.replace(/\n[ \t]*\/\//g, ' ')}`.trim();
}

function withAssertions(code: string, source: ts.SourceFile): string {
  let out = '';
  let last = 0;
  for (const statement of source.statements) {
    const expected = expectation(code, statement.end);
    if (expected === undefined) continue;
    const line = source.getLineAndCharacterOfPosition(statement.getStart()).line + 1;
    const tail = `${JSON.stringify(expected)}, ${line});`;
    if (ts.isExpressionStatement(statement)) {
      const value = claimed(statement.expression).getText();
      out += `${code.slice(last, statement.getStart())}await __check(async () => (${value}), ${tail}`;
    } else if (ts.isVariableStatement(statement)) {
      const names = statement.declarationList.declarations.map(({ name }) => assertable(name));
      out += `${code.slice(last, statement.end)} await __check(async () => ${names.at(-1)}, ${tail}`;
    } else {
      throw new Error(`line ${line}: a "// =>" comment stands behind something that has no value`);
    }
    last = statement.end;
  }
  return out + code.slice(last);
}

/** What a claim is about: the argument of `console.log(x)`, otherwise the expression itself. */
function claimed(expression: ts.Expression): ts.Expression {
  if (!ts.isCallExpression(expression) || expression.expression.getText() !== 'console.log') return expression;
  return expression.arguments[0] ?? expression;
}

/** `x` for `const x`, `{ a, b }` for `const { a, b }`, `[a, b]` for `const [a, b]`. */
function assertable(name: ts.BindingName): string {
  if (ts.isIdentifier(name)) return name.text;
  const inner = name.elements.map((element) => (ts.isBindingElement(element) ? element.name.getText() : ''));
  return ts.isObjectBindingPattern(name) ? `({ ${inner.join(', ')} })` : `[${inner.join(', ')}]`;
}

/** Comments with `// =>` that no statement took: they would claim something nobody checks. */
export function unusedExpectations(code: string): number {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const claims = code.match(/\/\/ ?=> /g)?.length ?? 0;
  return claims - source.statements.filter(({ end }) => expectation(code, end) !== undefined).length;
}
