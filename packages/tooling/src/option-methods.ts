import ts from 'typescript';
import { settingsByPosition } from './public-types.ts';
import type { PublicName, PublicTypes } from './public-types.ts';

/** A method that takes settings as one object. */
export interface OptionMethod {
  /** How its owner is imported. */
  readonly specifier: string;
  /** The class, the type, or the function that gives an object of no named type: `name()`. */
  readonly owner: string;
  readonly kind: 'static' | 'class' | 'type';
  /** Empty where the owner itself is called. */
  readonly method: string;
  /** Which argument the object is, from 0. */
  readonly position: number;
  readonly options: readonly string[];
}

/**
 * The methods that take settings as one object, found by their types: of public classes and types, and of what public functions
 * return. One that several classes inherit comes once.
 */
export function optionMethods(types: PublicTypes): OptionMethod[] {
  const walk = new MethodWalk(types.checker);
  for (const each of types.names) walk.enter(each);
  return walk.found;
}

class MethodWalk {
  readonly found: OptionMethod[] = [];
  readonly #checker: ts.TypeChecker;
  readonly #seen = new Set<ts.Node | ts.Symbol>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  enter({ specifier, name, symbol, isErased }: PublicName): void {
    const isType = (symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) !== 0;
    if (isType) this.#members(this.#checker.getDeclaredTypeOfSymbol(symbol), { specifier, owner: name, kind: 'type' });
    const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0;
    if (isClass)
      this.#members(this.#checker.getDeclaredTypeOfSymbol(symbol), { specifier, owner: name, kind: 'class' });
    if (isErased || (symbol.flags & ts.SymbolFlags.Value) === 0) return;
    const value = this.#checker.getTypeOfSymbol(symbol);
    if (isClass) this.#members(value, { specifier, owner: name, kind: 'static' });
    for (const signature of value.getCallSignatures()) this.#result(signature.getReturnType(), specifier, name);
  }

  /** What a function gives, where its type has no name of its own: named ones are exported, and entered as such. */
  #result(given: ts.Type, specifier: string, name: string): void {
    const type = this.#checker.getAwaitedType(given) ?? given;
    const isNamed = type.aliasSymbol !== undefined || !(type.symbol?.name ?? '__').startsWith('__');
    if (!isNamed && isOurs(type.symbol)) this.#members(type, { specifier, owner: `${name}()`, kind: 'type' });
  }

  #members(type: ts.Type, owner: Pick<OptionMethod, 'specifier' | 'owner' | 'kind'>): void {
    if (owner.kind === 'type') this.#add(type.getCallSignatures(), { ...owner, method: '' });
    for (const member of type.getProperties()) {
      const declaration = member.valueDeclaration ?? member.declarations?.[0];
      if (declaration === undefined || !isOurs(member) || isHidden(declaration)) continue;
      const found = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbolAtLocation(member, declaration));
      this.#add(found.getCallSignatures(), { ...owner, method: member.name });
    }
  }

  #add(signatures: readonly ts.Signature[], owner: Omit<OptionMethod, 'position' | 'options'>): void {
    const [first] = signatures.map(({ declaration }) => declaration).filter((node) => node !== undefined);
    if (first === undefined || this.#seen.has(first)) return;
    this.#seen.add(first);
    for (const [position, options] of settingsByPosition(this.#checker, signatures.filter(isOptional))) {
      this.found.push({ ...owner, position, options });
    }
  }
}

/** Whether the last argument may be left out or says by its name that it holds settings: else it is what the method works on. */
function isOptional({ parameters }: ts.Signature): boolean {
  const last = parameters.at(-1);
  const declaration = last?.valueDeclaration;
  if (declaration === undefined || !ts.isParameter(declaration)) return false;
  if (!ts.isObjectBindingPattern(declaration.name)) return true;
  const isTyped = /(Options|Settings|Config)\b/.test(declaration.type?.getText() ?? '');
  return isTyped || declaration.initializer !== undefined || declaration.questionToken !== undefined;
}

const isOurs = (symbol: ts.Symbol | undefined): boolean =>
  symbol?.declarations?.some((node) => !node.getSourceFile().fileName.includes('node_modules')) ?? false;

/** A member that users cannot call: `#name`, private, protected. */
function isHidden(declaration: ts.Declaration): boolean {
  const name = ts.getNameOfDeclaration(declaration);
  const flags = ts.getCombinedModifierFlags(declaration);
  return (
    (name !== undefined && ts.isPrivateIdentifier(name)) ||
    (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0
  );
}
