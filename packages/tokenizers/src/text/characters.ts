/** Characters as BERT and Hugging Face's tokenizers sort them. */

const CONTROL = /[\p{Cc}\p{Cf}\p{Co}]/u;
const SPACE = /[\t-\r\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** White space as Unicode has it: unlike `\s` of JavaScript with U+0085 and without U+FEFF. */
export const isSpace = (character: string): boolean => SPACE.test(character);

/** Control characters; tab and line breaks count as white space. What is no character yet is none of them: emoji get ever more. */
export function isControl(character: string): boolean {
  if (character === '\t' || character === '\n' || character === '\r') return false;
  return CONTROL.test(character);
}

/** The blocks of Chinese characters that BERT puts spaces around. */
export function isChinese(code: number): boolean {
  return (
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0x3400 && code <= 0x4dbf) ||
    (code >= 0x20000 && code <= 0x2a6df) ||
    (code >= 0x2a700 && code <= 0x2b73f) ||
    (code >= 0x2b740 && code <= 0x2b81f) ||
    (code >= 0x2b920 && code <= 0x2ceaf) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0x2f800 && code <= 0x2fa1f)
  );
}

/** Whether every unit is ASCII. */
// oxlint-disable-next-line no-control-regex -- ASCII begins with control characters
export const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

/** The text with U+FFFD in place of every half of a surrogate pair that stands alone. */
export const wellFormed = (text: string): string =>
  /[\ud800-\udfff]/.test(text) ? text.replaceAll(/\p{Cs}/gu, '\ufffd') : text;
