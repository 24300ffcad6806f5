import { changeEach } from './decoder.ts';
import type { DecodeStep } from './decoder.ts';

/** No decoder: spaces between tokens. */
export const spaced: DecodeStep = /* @__PURE__ */ changeEach((token, index) => (index === 0 ? token : ` ${token}`));

/** Spaces before words, which begin without the prefix. */
export const wordPiece = (prefix: string, cleans: boolean): DecodeStep =>
  changeEach((token, index) => {
    const inside = token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
    const text = index === 0 ? token : inside;
    return cleans ? cleanUp(text) : text;
  });

/** The ends of words become spaces, but for the last: a token is held back until another one follows. */
export const wordEnds = (suffix: string): DecodeStep => ({
  joins: false,
  start: (next) => {
    let last: string | undefined;
    return {
      push: (token) => {
        if (last !== undefined) next.push(last.replaceAll(suffix, ' '));
        last = token;
      },
      end: () => {
        if (last !== undefined) next.push(last.replaceAll(suffix, ''));
        next.end();
      },
    };
  },
});

/** What speech is recognised as: the same token again, and padding, are nothing. */
export const ctc = (pad: string, delimiter: string, cleans: boolean): DecodeStep => ({
  joins: false,
  start: (next) => {
    let before: string | undefined;
    return {
      push: (token) => {
        if (token === before) return;
        before = token;
        const text = token.replaceAll(pad, '');
        const clean = cleans ? cleanUp(text).replaceAll(delimiter, ' ') : text;
        if (clean !== '') next.push(clean);
      },
      end: () => next.end(),
    };
  },
});

/** Spaces that were put between words and signs are taken out again. */
const CLEAN_UPS: readonly (readonly [string, string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

const cleanUp = (text: string): string => CLEAN_UPS.reduce((clean, [from, to]) => clean.replaceAll(from, to), text);
