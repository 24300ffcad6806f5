import { describe, expect, it } from 'vitest';
import { mulberry32, texts } from '../../test/texts.ts';
import { wellFormed } from '../text/characters.ts';
import { IntList } from '../text/int-list.ts';
import { fromOniguruma } from '../text/pattern.ts';
import { SCANNED, cutAsBert, cutBefore, cutDigits } from './scan.ts';
import { cutAt } from './split.ts';
import type { Cutter } from './split.ts';

const SPACE = String.raw`\t-\r\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const SIGN = String.raw`!-/:-@\[-\x60{-~\p{P}`;

const CASES: [string, Cutter, Cutter][] = [
  ...Array.from(SCANNED, ([pattern, cutter]): [string, Cutter, Cutter] => [
    pattern,
    cutter,
    cutAt(fromOniguruma(pattern, 'test'), 'Isolated'),
  ]),
  ['BERT', cutAsBert, cutAt(new RegExp(`[^${SPACE}${SIGN}]+|[${SIGN}]`, 'gu'), 'Removed', true)],
  ['digits', cutDigits(true), cutAt(/\p{N}/gu, 'Isolated')],
  ['numbers', cutDigits(false), cutAt(/\p{N}/gu, 'Contiguous')],
  ['before ▁', cutBefore('▁'), cutAt(/▁/gu, 'MergedWithNext')],
];

function cutsOf(cutter: Cutter, text: string, from = 0, to = text.length): number[] {
  const cuts = new IntList();
  cutter(text, from, to, cuts);
  return [...cuts.values.subarray(0, cuts.length)];
}

/** Texts of what the patterns tell apart, close together. */
function* mixtures(): Generator<string> {
  const parts = [..." \n\r\t\u00a0\u0085'sStTſdDmMlLrReEvVa1²½é́😀𝒳日.!_-▁"];
  const random = mulberry32(3);
  for (let count = 0; count < 3_000; count++) {
    yield Array.from({ length: 1 + random() * 12 }, () => parts[Math.floor(random() * parts.length)]).join('');
  }
}

describe.each(CASES)('%s', (_, scanned, regular) => {
  it('cuts as the regular expression does', () => {
    for (const text of [...texts(5, 500), ...mixtures()]) {
      expect(cutsOf(scanned, text), JSON.stringify(text)).toEqual(cutsOf(regular, text));
    }
  });

  it('cuts a part of a text as if there were nothing else', () => {
    for (const part of [...texts(6, 300)].map(wellFormed)) {
      const text = `don${part}'ll 12`;
      const found = cutsOf(scanned, text, 3, 3 + part.length);
      expect(found).toEqual(cutsOf(regular, part).map((at) => at + 3));
    }
  });
});
