import { ShapeError } from './errors.ts';
import { dim, dimAdd, dimMul } from './dim.ts';
import type { Dim } from './dim.ts';

/**
 * A size from text: a name, a whole number, or sums and products of them, as in `past+time` and `2*heads-1`.
 * @throws {@link ShapeError} if the text is none of these.
 */
export function parseDim(text: string): Dim {
  const compact = text.replaceAll(/\s/g, '');
  // Signs stay with the term they stand before.
  const terms = compact.match(/^[+-]?[^+-]+|[+-][^+-]+/g) ?? [];
  if (terms.join('') !== compact || compact === '') throw notASize(text);
  return terms.reduce<Dim>((total, term) => dimAdd(total, parseTerm(term, text)), 0);
}

function parseTerm(term: string, text: string): Dim {
  const sign = term.startsWith('-') ? -1 : 1;
  const factors = term.replace(/^[+-]/, '').split('*');
  return factors.reduce<Dim>((product, factor) => dimMul(product, parseFactor(factor, text)), sign);
}

function parseFactor(factor: string, text: string): Dim {
  if (/^\d+$/.test(factor) && Number.isSafeInteger(Number(factor))) return Number(factor);
  if (/^[A-Za-z_]\w*$/.test(factor)) return dim(factor);
  throw notASize(text);
}

function notASize(text: string): ShapeError {
  return new ShapeError(
    `dim: not a size. Got ${JSON.stringify(text)}; expected a name (letters, digits and underscores, no digit first), or ` +
      `sums and products of names and whole numbers, as in 'past+time'. Name the axis so.`,
    { op: 'dim' },
  );
}
