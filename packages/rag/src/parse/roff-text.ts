/** Signs that manual pages name. */
const SIGNS: Readonly<Record<string, string>> = {
  bu: '•',
  em: '—',
  en: '–',
  hy: '-',
  aq: "'",
  cq: '’',
  oq: '‘',
  lq: '“',
  rq: '”',
  dq: '"',
  co: '©',
  rg: '®',
  rs: '\\',
  ti: '~',
  ha: '^',
  ga: '`',
  aa: '´',
  mu: '×',
  mi: '−',
  pl: '+',
  eq: '=',
  '<=': '≤',
  '>=': '≥',
  '->': '→',
  '<-': '←',
  sq: '□',
  sl: '/',
  ba: '|',
  at: '@',
  sh: '#',
  Do: '$',
  lB: '[',
  rB: ']',
  lC: '{',
  rC: '}',
  la: '⟨',
  ra: '⟩',
  de: '°',
  "'e": 'é',
  ':o': 'ö',
  ':u': 'ü',
  ':a': 'ä',
};

/** Strings that macro packages define. */
const STRINGS: Readonly<Record<string, string>> = {
  Aq: "'",
  lq: '“',
  rq: '”',
  'L"': '"',
  'R"': '"',
  'C+': 'C++',
  "C'": '',
  R: '®',
};

/** Escapes of one sign. */
const SINGLE: Readonly<Record<string, string>> = {
  '-': '-',
  e: '\\',
  '\\': '\\',
  ' ': ' ',
  '~': ' ',
  0: ' ',
  '.': '.',
  "'": '´',
  '`': '`',
  t: '\t',
};

/**
 * An escape: a name in brackets or of two signs (glyphs, strings), one that takes an argument (fonts, sizes, registers), one with an
 * argument in quotes (motions, widths), a comment, or one sign.
 */
const ESCAPE =
  /\\(?:\[(?<glyph>[^\]\n]{0,40})\]|\((?<pair>..)|\*(?:\[(?<string>[^\]\n]{0,40})\]|\((?<two>..)|(?<one>.))|[fFmMnkgVY][+-]?(?:\[[^\]\n]{0,40}\]|\(..|.)|s[+-]?(?:\[[^\]\n]{0,40}\]|\(..|'[^'\n]{0,40}'|\d)|[hvwlLbDXNoxSHRZACB]'[^'\n]{0,400}'|(?<comment>["#].*)|(?<sign>.)|$)/gu;

/** A line of a manual page without its escapes. */
export function roffText(line: string): string {
  if (!line.includes('\\')) return line;
  return line.replaceAll(ESCAPE, (...match) => {
    const { glyph, pair, string, two, one, sign } = match.at(-1) as Readonly<Record<string, string | undefined>>;
    const named = glyph ?? pair;
    if (named !== undefined) return SIGNS[named] ?? unicode(named);
    const defined = string ?? two ?? one;
    if (defined !== undefined) return STRINGS[defined] ?? '';
    return sign === undefined ? '' : (SINGLE[sign] ?? (/[\p{L}\p{N}&|^/,%:{}!?]/u.test(sign) ? '' : sign));
  });
}

/** `u00E9` is é. */
function unicode(name: string): string {
  const code = /^u([0-9A-F]{4,6})$/u.exec(name)?.[1];
  if (code === undefined) return '';
  const point = Number.parseInt(code, 16);
  return point <= 0x10_ff_ff && (point < 0xd8_00 || point > 0xdf_ff) ? String.fromCodePoint(point) : '';
}

/** The arguments of a request: words, or texts in quotation marks in which `""` is one. */
export function roffArguments(text: string): string[] {
  const found: string[] = [];
  for (const { 1: quoted, 0: word } of text.matchAll(/"((?:[^"]|"")*)(?:"|$)|\S(?:\\ |\S)*/gu)) {
    if (quoted === undefined && /^\\["#]/u.test(word)) break;
    found.push(quoted === undefined ? word : quoted.replaceAll('""', '"'));
  }
  return found;
}
