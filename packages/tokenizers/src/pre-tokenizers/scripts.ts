import type { Cutter } from './split.ts';

/** Scripts whose characters are told apart; others count as one. */
const NAMES = (
  'Latin Greek Cyrillic Armenian Hebrew Arabic Syriac Thaana Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada ' +
  'Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian Hangul Ethiopic Cherokee Canadian_Aboriginal Ogham Runic Khmer Mongolian ' +
  'Hiragana Katakana Bopomofo Han Yi Old_Italic Gothic Deseret Inherited Tagalog Hanunoo Buhid Tagbanwa Limbu Tai_Le Linear_B ' +
  'Ugaritic Shavian Osmanya Cypriot Braille Buginese Coptic New_Tai_Lue Glagolitic Tifinagh Syloti_Nagri Old_Persian Kharoshthi ' +
  'Balinese Cuneiform Phoenician Phags_Pa Nko Common'
).split(' ');

let patterns: readonly (readonly [string, RegExp])[] | undefined;
const known = new Map<string, string>();

/** The script of a character; Japanese syllables count as Han, a space as any. */
function scriptOf(character: string): string {
  if (character === ' ') return 'Any';
  if (character === 'ー') return 'Han';
  const found = known.get(character);
  if (found !== undefined) return found;
  patterns ??= NAMES.map((name) => [name, new RegExp(`\\p{Script=${name}}`, 'u')] as const);
  const name = patterns.find(([, pattern]) => pattern.test(character))?.[0] ?? 'Other';
  const script = name === 'Hiragana' || name === 'Katakana' ? 'Han' : name;
  known.set(character, script);
  return script;
}

/** Cuts where the script changes. */
export const cutScripts: Cutter = (text, start, to, cuts) => {
  let last: string | undefined;
  let from = start;
  for (let at = start; at < to;) {
    const character = String.fromCodePoint(text.codePointAt(at)!);
    const script = scriptOf(character);
    const both = script !== 'Any' && last !== 'Any' && script !== last;
    if (both && last !== undefined) {
      cuts.push(from);
      cuts.push(at);
      from = at;
    }
    if (script !== 'Any' || last === undefined) last = script;
    at += character.length;
  }
  if (to > from) {
    cuts.push(from);
    cuts.push(to);
  }
};
