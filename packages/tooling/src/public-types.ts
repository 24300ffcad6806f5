import { join } from 'node:path';
import ts from 'typescript';
import { doorsOf } from './checks/bundle.ts';
import { publishedPackages } from './workspace.ts';

/** A name that a user may import. */
export interface PublicName {
  /** How it is imported: `@gai/nn`. */
  readonly specifier: string;
  readonly name: string;
  /** What it stands for, behind the lists of exports. */
  readonly symbol: ts.Symbol;
  /** Whether only the type is exported. */
  readonly isErased: boolean;
}

/** The public names of some packages, with the compiler that knows their types. */
export interface PublicTypes {
  readonly checker: ts.TypeChecker;
  readonly names: readonly PublicName[];
}

/** Doors for authors of adapters and tests: what they take does not come from users. */
const INNER = /\/(backend|ops|testing)$/;

/** Compiles the doors of some packages. */
export function publicTypes(root: string, packages: readonly string[]): PublicTypes {
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
  const names = doors.flatMap(({ specifier, file }) => {
    const door = checker.getSymbolAtLocation(program.getSourceFile(file)!);
    const exported = door === undefined ? [] : checker.getExportsOfModule(door);
    return exported.map((symbol): PublicName => {
      const isErased = symbol.declarations?.some(ts.isTypeOnlyExportDeclaration) === true;
      return { specifier, name: symbol.name, symbol: behind(checker, symbol), isErased };
    });
  });
  return { checker, names };
}

const behind = (checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol =>
  (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);

/** The settings that each parameter of a function has, by its position; parameters of other kinds are not in it. */
export function settingsByPosition(
  checker: ts.TypeChecker,
  signatures: readonly ts.Signature[],
): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, Set<string>>();
  for (const { parameters } of signatures) {
    parameters.forEach((parameter, position) => {
      const names = settingsOf(checker, parameter, position === parameters.length - 1);
      if (names.length === 0) return;
      const known = found.get(position) ?? new Set();
      for (const name of names) known.add(name);
      found.set(position, known);
    });
  }
  return new Map([...found].map(([position, names]) => [position, [...names]]));
}

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
