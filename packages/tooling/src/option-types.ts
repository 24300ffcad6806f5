import ts from 'typescript';
import { settingsByPosition } from './public-types.ts';
import type { PublicTypes } from './public-types.ts';

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

/** The public functions and classes that take settings as one object, found by their types. */
export function optionParameters({ checker, names }: PublicTypes): OptionParameter[] {
  return names.flatMap(({ specifier, name, symbol, isErased }) => {
    const isValue = !isErased && (symbol.flags & ts.SymbolFlags.Value) !== 0;
    if (!isValue || isAbstract(symbol) || symbol.name.endsWith('Error')) return [];
    const type = checker.getTypeOfSymbol(symbol);
    const constructors = type.getConstructSignatures();
    const settings = settingsByPosition(checker, [...type.getCallSignatures(), ...constructors]);
    const isClass = constructors.length > 0;
    return [...settings].map(([position, options]) => ({ specifier, name, isClass, position, options }));
  });
}

const isAbstract = (symbol: ts.Symbol): boolean =>
  symbol.declarations?.some(
    (declaration) =>
      ts.isClassDeclaration(declaration) &&
      declaration.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword) === true,
  ) ?? false;
