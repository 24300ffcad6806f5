import { roffArguments, roffText } from './roff-text.ts';

/** What a macro of mdoc puts around its arguments. */
const AROUND: Readonly<Record<string, readonly [before: string, behind: string]>> = {
  Op: ['[', ']'],
  Oo: ['[', ''],
  Oc: ['', ']'],
  Dq: ['“', '”'],
  Qq: ['"', '"'],
  Sq: ['‘', '’'],
  Ql: ['‘', '’'],
  Pq: ['(', ')'],
  Po: ['(', ''],
  Pc: ['', ')'],
  Bq: ['[', ']'],
  Brq: ['{', '}'],
  Aq: ['<', '>'],
  Fl: ['-', ''],
};
/** Macros that only choose a font. */
const PLAIN = new Set(
  'Ar Cm Ic Em Sy Li Pa Va Vt Ev Er Fa Fn Ft Fo Fc Ad An Cd Dv Ms Mt Lk Nm Nd No Ns Ta Tn Xr Ux Bx At St It D1 Dl Rv Ex Xo Xc Ap Pf In Sx'.split(
    ' ',
  ),
);

/** So many words of a line are looked at for macros. */
const MOST = 100;

/** The text of a line of mdoc; empty for requests that print nothing. */
export function mdocLine(name: string, rest: string, page: string): string {
  if (AROUND[name] === undefined && !PLAIN.has(name)) return '';
  const given = roffArguments(rest);
  // Macros hold one another: more than a page has would only fill the stack.
  const text = [words([name, ...given.slice(0, MOST)], page), ...given.slice(MOST)].join(' ');
  return name === 'Nd' ? `– ${text}` : text;
}

/** Macros may follow one another in a line; each holds what comes behind it, up to marks at the end. */
function words([name = '', ...rest]: readonly string[], page: string): string {
  const at = rest.findIndex((word) => AROUND[word] !== undefined || PLAIN.has(word));
  const own = (at < 0 ? rest : rest.slice(0, at)).map(roffText);
  const more = at < 0 ? '' : words(rest.slice(at), page);
  const marks: string[] = [];
  if (at < 0) while (/^[.,:;)\]?!]$/u.test(own.at(-1) ?? '')) marks.unshift(own.pop()!);
  const inner = [...(name === 'Nm' && own.length === 0 ? [page] : referred(name, own)), ...(more === '' ? [] : [more])];
  const [before, behind] = AROUND[name] ?? ['', ''];
  const glue = name === 'Ns' || name === 'Pf' || name === 'Ap' ? '' : ' ';
  const text =
    name === 'Fl' && own.length > 1
      ? inner.map((word) => (word === more ? word : `-${word}`)).join(' ')
      : `${before}${inner.join(glue)}${behind}`;
  return `${text}${marks.join('')}`;
}

/** `Xr ls 1` is ls(1). */
const referred = (name: string, own: readonly string[]): readonly string[] =>
  name === 'Xr' && own.length > 1 ? [`${own[0]}(${own[1]})`, ...own.slice(2)] : own;
