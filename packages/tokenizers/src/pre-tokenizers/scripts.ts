import type { Cutter } from './split.ts';

/** The scripts that there were in Unicode 9, whose tables the reference has; what came later has any script. */
const NAMES = (
  'Latin Greek Cyrillic Armenian Hebrew Arabic Syriac Thaana Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada ' +
  'Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian Hangul Ethiopic Cherokee Canadian_Aboriginal Ogham Runic Khmer Mongolian ' +
  'Hiragana Katakana Bopomofo Han Yi Old_Italic Gothic Deseret Inherited Tagalog Hanunoo Buhid Tagbanwa Limbu Tai_Le Linear_B ' +
  'Ugaritic Shavian Osmanya Cypriot Braille Buginese Coptic New_Tai_Lue Glagolitic Tifinagh Syloti_Nagri Old_Persian Kharoshthi ' +
  'Balinese Cuneiform Phoenician Phags_Pa Nko Common Adlam Ahom Anatolian_Hieroglyphs Avestan Bamum Bassa_Vah Batak Bhaiksuki ' +
  'Brahmi Carian Caucasian_Albanian Chakma Cham Duployan Egyptian_Hieroglyphs Elbasan Grantha Hatran Imperial_Aramaic ' +
  'Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kayah_Li Khojki Khudawadi Lepcha Linear_A Lisu Lycian Lydian ' +
  'Mahajani Mandaic Manichaean Marchen Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mro Multani ' +
  'Nabataean Newa Ol_Chiki Old_Hungarian Old_North_Arabian Old_Permic Old_South_Arabian Old_Turkic Osage Pahawh_Hmong ' +
  'Palmyrene Pau_Cin_Hau Psalter_Pahlavi Rejang Samaritan Saurashtra Sharada Siddham SignWriting Sora_Sompeng Sundanese ' +
  'Tai_Tham Tai_Viet Takri Tangut Tirhuta Vai Warang_Citi'
).split(' ');

let patterns: readonly (readonly [string, RegExp])[] | undefined;
const known = new Map<string, string>();

/** The script of a character; Japanese syllables count as Han, a space and what has no script as any. */
function scriptOf(character: string): string {
  if (character === ' ') return 'Any';
  if (character === 'ー') return 'Han';
  const found = known.get(character);
  if (found !== undefined) return found;
  patterns ??= NAMES.map((name) => [name, new RegExp(`\\p{Script=${name}}`, 'u')] as const);
  const name = patterns.find(([, pattern]) => pattern.test(character))?.[0] ?? 'Any';
  const script = name === 'Hiragana' || name === 'Katakana' ? 'Han' : name;
  known.set(character, script);
  return script;
}

/** Cuts where the script changes. What has any script goes with the characters before; with none before, it is no part of a word. */
export const cutScripts: Cutter = (text, start, to, cuts) => {
  let last: string | undefined;
  for (let at = start; at < to;) {
    const character = String.fromCodePoint(text.codePointAt(at)!);
    const script = scriptOf(character);
    if (script !== 'Any' && script !== last) {
      if (last !== undefined) cuts.push(at);
      cuts.push(at);
      last = script;
    }
    at += character.length;
  }
  if (last !== undefined) cuts.push(to);
};
