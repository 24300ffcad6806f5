import ts from 'typescript';

const parse = (text: string): ts.SourceFile => ts.createSourceFile('edited.ts', text, ts.ScriptTarget.Latest, true);

const insert = (text: string, at: number, what: string): string => text.slice(0, at) + what + text.slice(at);

/** What a list of names between braces has, and where another can be added. */
interface NameList {
  readonly names: readonly string[];
  readonly end: number;
  readonly trailingComma: boolean;
}

const listOf = ({ elements }: ts.NamedImports | ts.NamedExports): NameList => ({
  names: elements.map(({ name }) => name.text),
  end: elements.end,
  trailingComma: elements.hasTrailingComma,
});

/** Adds a name to a list between braces. */
function withName(text: string, { names, end, trailingComma }: NameList, name: string): string {
  return insert(text, end, `${names.length === 0 || trailingComma ? '' : ','} ${name}`);
}

const isFrom = (specifier: ts.Expression | undefined, module: string): boolean =>
  specifier !== undefined && ts.isStringLiteral(specifier) && specifier.text === module;

/** Imports a name unless the file has it already; `typeOnly` for `import type`. */
export function addImport(text: string, name: string, module: string, typeOnly = false): string {
  const imports = parse(text).statements.filter(ts.isImportDeclaration);
  const lists = imports.flatMap(({ importClause, moduleSpecifier }) => {
    const bindings = importClause?.namedBindings;
    if (importClause === undefined || bindings === undefined || !ts.isNamedImports(bindings)) return [];
    const onlyTypes = importClause.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return [{ ...listOf(bindings), onlyTypes, same: isFrom(moduleSpecifier, module) }];
  });
  if (lists.some(({ names, onlyTypes }) => names.includes(name) && (typeOnly || !onlyTypes))) return text;
  const list = lists.find(({ same, onlyTypes }) => same && onlyTypes === typeOnly);
  if (list !== undefined) return withName(text, list, name);
  const line = `import ${typeOnly ? 'type ' : ''}{ ${name} } from '${module}';\n`;
  const last = imports.at(-1);
  return last === undefined ? line + text : insert(text, last.end, `\n${line.trimEnd()}`);
}

/** Adds `export { name } from 'module'` to a door, beside names of the same module if there are any. */
export function addExport(text: string, name: string, module: string, typeOnly = false): string {
  for (const statement of parse(text).statements) {
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly !== typeOnly) continue;
    const { exportClause, moduleSpecifier } = statement;
    if (!isFrom(moduleSpecifier, module) || exportClause === undefined || !ts.isNamedExports(exportClause)) continue;
    return withName(text, listOf(exportClause), name);
  }
  return `${text.trimEnd()}\nexport ${typeOnly ? 'type ' : ''}{ ${name} } from '${module}';\n`;
}

/** Adds a property to the object that a variable of the type `SamplesOf<typeof namespace>` holds. */
export function addSample(text: string, namespace: string, property: string): string {
  const variables = parse(text)
    .statements.filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations);
  const record = variables.find(({ type }) => type?.getText().includes(`SamplesOf<typeof ${namespace}>`))?.initializer;
  if (record === undefined || !ts.isObjectLiteralExpression(record)) return text;
  const { properties } = record;
  const comma = properties.length === 0 || properties.hasTrailingComma ? '' : ',';
  return insert(text, properties.end, `${comma}\n  ${property.trim()}\n`);
}

/** `import * as name from 'module'` of a file, module by name. */
export function namespaceImports(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const statement of parse(text).statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (bindings !== undefined && ts.isNamespaceImport(bindings))
      found.set(bindings.name.text, statement.moduleSpecifier.text);
  }
  return found;
}
