import { describeValue } from './argument.ts';
import { ShapeError, internalError } from './errors.ts';
import { INSPECT } from './inspect.ts';

/** One factor of a monomial: a named dimension, or a floor division that does not reduce. */
type Atom =
  | { readonly kind: 'name'; readonly key: string }
  | { readonly kind: 'floor'; readonly key: string; readonly numerator: DimExpr; readonly divisor: number };

interface Term {
  readonly coefficient: number;
  readonly atoms: readonly Atom[];
}

/**
 * A size that is known only when the graph runs: an integer polynomial over names, in normal form
 * (equal polynomials have equal `key`).
 * @category Shapes
 */
export class DimExpr {
  /** Normal form, for example `2*batch*time+1`. */
  readonly key: string;
  /** The terms in normal order; none has coefficient 0. */
  readonly terms: readonly Term[];

  constructor(terms: readonly Term[]) {
    this.terms = terms;
    this.key = terms.map(formatTerm).join('+').replaceAll('+-', '-');
  }

  toString(): string {
    return this.key;
  }

  /** What `console.log` shows in Node. @internal */
  [INSPECT](): string {
    return this.key;
  }

  /** Text where text is wanted; refuses to be counted with as a number, which would give NaN. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.key;
    throw new ShapeError(
      `dim: a size that is known only when the graph runs is used as a number. Got '${this.key}'; expected a number. ` +
        `Compute with dimAdd, dimMul and the like, pass -1 to reshape, or give the axis a fixed size.`,
      { op: 'dim', details: { size: this.key } },
    );
  }
}

/**
 * The size of an axis: a number, or an expression over named dimensions.
 * @category Shapes
 */
export type Dim = number | DimExpr;

/** The values of named dimensions in one run. */
export type DimBindings = ReadonlyMap<string, number>;

const monomial = (atoms: readonly Atom[]): string => atoms.map((atom) => atom.key).join('*');

function formatTerm({ coefficient, atoms }: Term): string {
  if (atoms.length === 0) return String(coefficient);
  if (coefficient === 1) return monomial(atoms);
  return coefficient === -1 ? `-${monomial(atoms)}` : `${coefficient}*${monomial(atoms)}`;
}

function termsOf(dim: Dim): readonly Term[] {
  if (typeof dim !== 'number') return dim.terms;
  return dim === 0 ? [] : [{ coefficient: dim, atoms: [] }];
}

function normalize(terms: readonly Term[]): Dim {
  const sums = new Map<string, Term>();
  for (const { coefficient, atoms } of terms) {
    const key = monomial(atoms);
    const previous = sums.get(key)?.coefficient ?? 0;
    sums.set(key, { coefficient: previous + coefficient, atoms });
  }
  const kept = [...sums.values()].filter((term) => term.coefficient !== 0);
  // Higher degree first, then by name, the constant last: one spelling per polynomial.
  kept.sort((a, b) => b.atoms.length - a.atoms.length || compare(monomial(a.atoms), monomial(b.atoms)));
  if (kept.length === 0) return 0;
  const [only] = kept;
  return kept.length === 1 && only !== undefined && only.atoms.length === 0 ? only.coefficient : new DimExpr(kept);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * A named dimension, for shapes whose size is known only when the graph runs.
 * @example
 * formatDim(dimMul(dim('batch'), 2)); // => '2*batch'
 * @throws {@link ShapeError} if `name` is not an identifier.
 * @category Shapes
 */
export function dim(name: string): DimExpr {
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw new ShapeError(
      `dim: not a name. Got ${JSON.stringify(name)}; expected letters, digits and underscores, no digit first.`,
      { op: 'dim' },
    );
  }
  return new DimExpr([{ coefficient: 1, atoms: [{ kind: 'name', key: name }] }]);
}

/** `a + b` of two sizes. */
export function dimAdd(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  return normalize([...termsOf(a), ...termsOf(b)]);
}

/** `a − b` of two sizes. */
export function dimSub(a: Dim, b: Dim): Dim {
  return dimAdd(a, dimMul(b, -1));
}

/** `a · b` of two sizes. */
export function dimMul(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  const terms: Term[] = [];
  for (const x of termsOf(a)) {
    for (const y of termsOf(b)) {
      const atoms = [...x.atoms, ...y.atoms].sort((p, q) => compare(p.key, q.key));
      terms.push({ coefficient: x.coefficient * y.coefficient, atoms });
    }
  }
  return normalize(terms);
}

/** `⌊a / divisor⌋`: exact where every coefficient divides, else a size that is floored when the graph runs. */
export function dimFloorDiv(a: Dim, divisor: number): Dim {
  if (typeof a === 'number') return Math.floor(a / divisor);
  if (divisor === 1) return a;
  const constant = a.terms.find((term) => term.atoms.length === 0)?.coefficient ?? 0;
  const rest = a.terms.filter((term) => term.atoms.length > 0);
  if (rest.every((term) => term.coefficient % divisor === 0)) {
    const terms = rest.map((term) => ({ ...term, coefficient: term.coefficient / divisor }));
    return dimAdd(normalize(terms), Math.floor(constant / divisor));
  }
  const key = `floor(${a.terms.length > 1 ? `(${a.key})` : a.key}/${divisor})`;
  return new DimExpr([{ coefficient: 1, atoms: [{ kind: 'floor', key, numerator: a, divisor }] }]);
}

/** `a / b` where `b` divides `a` exactly, or undefined where it does not (as far as the names tell). */
export function dimDivide(a: Dim, b: Dim): Dim | undefined {
  if (dimEquals(b, 0)) return undefined;
  const by = leading(b);
  let rest = a;
  let quotient: Dim = 0;
  // Long division of polynomials; every step takes the leading term of the rest away, so it ends.
  while (!dimEquals(rest, 0)) {
    const part = divideTerm(leading(rest), by);
    if (part === undefined) return undefined;
    const factor = normalize([part]);
    quotient = dimAdd(quotient, factor);
    rest = dimSub(rest, dimMul(factor, b));
  }
  return quotient;
}

/** The greatest term in the lexicographic order of monomials, which multiplication keeps. */
function leading(size: Dim): Term {
  return termsOf(size).reduce((best, term) => (follows(term, best) ? term : best));
}

/** True if the monomial of `a` comes after that of `b`: more of the first name (in order) in which they differ. */
function follows(a: Term, b: Term): boolean {
  const names = [...new Set([...a.atoms, ...b.atoms].map((atom) => atom.key))].sort(compare);
  const count = (term: Term, name: string): number => term.atoms.filter((atom) => atom.key === name).length;
  const differing = names.find((name) => count(a, name) !== count(b, name));
  return differing !== undefined && count(a, differing) > count(b, differing);
}

function divideTerm(term: Term, by: Term): Term | undefined {
  const atoms = [...term.atoms];
  for (const atom of by.atoms) {
    const at = atoms.findIndex((candidate) => candidate.key === atom.key);
    if (at < 0) return undefined;
    atoms.splice(at, 1);
  }
  const coefficient = term.coefficient / by.coefficient;
  return Number.isInteger(coefficient) ? { coefficient, atoms } : undefined;
}

/** True if the two sizes are the same number or the same expression. */
export function dimEquals(a: Dim, b: Dim): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.key === b.key;
}

/** The size as text. */
export function formatDim(size: Dim): string {
  return size instanceof DimExpr ? size.key : describeValue(size);
}

/** The names an expression is made of, each once. */
export function dimNames(size: Dim, into: Set<string> = new Set()): Set<string> {
  for (const { atoms } of typeof size === 'number' ? [] : size.terms) {
    for (const atom of atoms) {
      if (atom.kind === 'name') into.add(atom.key);
      else dimNames(atom.numerator, into);
    }
  }
  return into;
}

/** The number a size has once its names are bound. */
export function evaluateDim(size: Dim, bindings: DimBindings): number {
  if (typeof size === 'number') return size;
  let total = 0;
  for (const { coefficient, atoms } of size.terms) {
    let product = coefficient;
    for (const atom of atoms) product *= evaluateAtom(atom, bindings);
    total += product;
  }
  return total;
}

function evaluateAtom(atom: Atom, bindings: DimBindings): number {
  if (atom.kind === 'floor') return Math.floor(evaluateDim(atom.numerator, bindings) / atom.divisor);
  const value = bindings.get(atom.key);
  if (value === undefined) throw internalError(`dimension '${atom.key}' has no value in this run.`);
  return value;
}

/** True if no values of the names, which are never negative, make the size negative. */
export function isNonNegative(size: Dim): boolean {
  return lowerBound(size) >= 0;
}

/** What the size is at least, as far as its form tells. */
function lowerBound(size: Dim): number {
  if (typeof size === 'number') return size;
  return size.terms.reduce((total, { coefficient, atoms }) => total + boundOfTerm(coefficient, atoms), 0);
}

function boundOfTerm(coefficient: number, atoms: readonly Atom[]): number {
  const [first] = atoms;
  if (first === undefined) return coefficient;
  if (coefficient < 0) return -Infinity;
  const bounds = atoms.map((atom) =>
    atom.kind === 'name' ? 0 : Math.floor(lowerBound(atom.numerator) / atom.divisor),
  );
  if (atoms.length === 1) return coefficient * bounds[0]!;
  return bounds.every((bound) => bound >= 0) ? 0 : -Infinity;
}

/** True for a size that is known only when the graph runs. */
export function isSymbolic(size: Dim): size is DimExpr {
  return typeof size !== 'number';
}
