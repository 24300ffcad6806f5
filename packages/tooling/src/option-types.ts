import { join } from 'node:path';
import ts from 'typescript';
import { doorsOf } from './checks/bundle.ts';
import { publishedPackages } from './workspace.ts';

/** A public function or class that takes settings as one object. */
export interface OptionParameter {
  /** How it is imported: `@gai/nn`. */
  readonly specifier: string;
  readonly name: string;
  readonly isClass: boolean;
  /** Which argument the object is, from 0. */
  readonly position: number;
  /** The settings it has, by their types. */
  readonly options: readonly string[];
}

/** Doors for authors of adapters and tests: what they take does not come from users. */
const INNER = /\/(backend|ops|testing)$/;

/** The public functions and classes of some packages that take settings as one object, found by their types. */
export function optionParameters(root: string, packages: readonly string[]): OptionParameter[] {
  const doors = publishedPackages(root)
    .filter(({ manifest }) => packages.includes(manifest.name))
    .flatMap(doorsOf)
    .filter(({ specifier, file }) => file.endsWith('.ts') && !INNER.test(specifier));
  const base = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile).config as ts.CompilerOptions;
  const { options } = ts.convertCompilerOptionsFromJson(base.compilerOptions as object, root);
  const program = ts.createProgram(
    doors.map(({ file }) => file),
    { ...options, noEmit: true },
  );
  const checker = program.getTypeChecker();
  return doors.flatMap(({ specifier, file }) => {
    const door = checker.getSymbolAtLocation(program.getSourceFile(file)!);
    const exported = door === undefined ? [] : checker.getExportsOfModule(door);
    const values = exported.filter(({ declarations }) => declarations?.some(ts.isTypeOnlyExportDeclaration) !== true);
    return values.flatMap((symbol) => parametersOf(checker, symbol).map((found) => ({ specifier, ...found })));
  });
}

function parametersOf(checker: ts.TypeChecker, exported: ts.Symbol): Omit<OptionParameter, 'specifier'>[] {
  const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
  if ((symbol.flags & ts.SymbolFlags.Value) === 0 || isAbstract(symbol) || symbol.name.endsWith('Error')) return [];
  const type = checker.getTypeOfSymbol(symbol);
  const constructors = type.getConstructSignatures();
  const found = new Map<number, Set<string>>();
  for (const { parameters } of [...type.getCallSignatures(), ...constructors]) {
    parameters.forEach((parameter, position) => {
      const names = settingsOf(checker, parameter, position === parameters.length - 1);
      if (names.length === 0) return;
      const known = found.get(position) ?? new Set();
      for (const name of names) known.add(name);
      found.set(position, known);
    });
  }
  return [...found].map(([position, names]) => ({
    name: exported.name,
    isClass: constructors.length > 0,
    position,
    options: [...names],
  }));
}

const isAbstract = (symbol: ts.Symbol): boolean =>
  symbol.declarations?.some(
    (declaration) =>
      ts.isClassDeclaration(declaration) &&
      declaration.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword) === true,
  ) ?? false;

/** The names of an object of settings, which comes last where it is not named so; none for a parameter of another kind. */
function settingsOf(checker: ts.TypeChecker, parameter: ts.Symbol, isLast: boolean): string[] {
  const declaration = parameter.valueDeclaration;
  if (declaration === undefined || !ts.isParameter(declaration)) return [];
  const isNamed = parameter.name === 'options' || (isLast && ts.isObjectBindingPattern(declaration.name));
  const isTyped = /(Options|Settings|Config)\b/.test(declaration.type?.getText() ?? '');
  if (!isNamed && !isTyped) return [];
  const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, declaration));
  const parts = type.isUnion() ? type.types : [type];
  const objects = parts.filter((part) => isPlain(checker, part));
  return [...new Set(objects.flatMap((part) => part.getProperties().map(({ name }) => name)))];
}

function isPlain(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (type.isIntersection()) return type.types.every((part) => isPlain(checker, part));
  const isObject = (type.flags & ts.TypeFlags.Object) !== 0;
  const isData = type.getCallSignatures().length === 0 && type.getConstructSignatures().length === 0;
  const isOther = type.isClass() || checker.isArrayType(type) || checker.isTupleType(type);
  return isObject && !isOther && isData && type.getStringIndexType() === undefined;
}
