import type { TiktokenOptions } from './tiktoken.ts';

/** Encodings whose ranks are published, with their special tokens by id. */
const ENCODINGS: Readonly<
  Record<string, { readonly pattern: string; readonly special: Readonly<Record<number, string>> }>
> = {
  gpt2: { pattern: 'gpt2', special: { 50256: 'endoftext' } },
  r50k_base: { pattern: 'gpt2', special: { 50256: 'endoftext' } },
  p50k_base: { pattern: 'gpt2', special: { 50256: 'endoftext' } },
  cl100k_base: {
    pattern: 'cl100k_base',
    special: {
      100257: 'endoftext',
      100258: 'fim_prefix',
      100259: 'fim_middle',
      100260: 'fim_suffix',
      100276: 'endofprompt',
    },
  },
  o200k_base: { pattern: 'o200k_base', special: { 199999: 'endoftext', 200018: 'endofprompt' } },
  qwen: { pattern: 'qwen2', special: { 151643: 'endoftext', 151644: 'im_start', 151645: 'im_end' } },
};
/** The first Qwen models have so many tokens more, to be given a meaning. */
const EXTRA_TOKENS = 205;

/** The encodings that {@link tiktokenEncoding} knows. */
export const tiktokenEncodings = (): readonly string[] => Object.keys(ENCODINGS);

/**
 * What {@link tokenizerFromTiktoken} needs besides the ranks, for an encoding that is known by name: `gpt2`, `r50k_base`, `p50k_base`,
 * `cl100k_base`, `o200k_base`, and `qwen`, that of the first Qwen models. Files of ranks have these names (`cl100k_base.tiktoken`).
 * @returns Undefined for another name.
 * @example
 * tiktokenEncoding('cl100k_base')?.specialTokens?.['<|endoftext|>']; // => 100257
 * @category Tokenizers
 */
export function tiktokenEncoding(name: string): TiktokenOptions | undefined {
  const encoding = Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name] : undefined;
  if (encoding === undefined) return undefined;
  const special = Object.entries(encoding.special).map(([id, token]): [string, number] => [`<|${token}|>`, Number(id)]);
  if (name === 'qwen') {
    for (let index = 0; index < EXTRA_TOKENS; index++) special.push([`<|extra_${index}|>`, 151_646 + index]);
  }
  return { pattern: encoding.pattern, specialTokens: Object.fromEntries(special) };
}
