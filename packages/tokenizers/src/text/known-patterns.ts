// How models of many families cut texts into words, as their files have it.

export const GPT2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
export const llama3 = (contractions: string, digits: string): string =>
  String.raw`${contractions}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
export const CONTRACTIONS = ["(?i:'s|'t|'re|'ve|'m|'ll|'d)", "'(?i:[sdmt]|ll|ve|re)"] as const;

export const LLAMA3 = llama3(CONTRACTIONS[0], '{1,3}');
export const QWEN2 = llama3(CONTRACTIONS[0], '');
const UPPER = String.raw`\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}`;
const LOWER = String.raw`\p{Ll}\p{Lm}\p{Lo}\p{M}`;
const SHORT = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
export const O200K = [
  String.raw`[^\r\n\p{L}\p{N}]?[${UPPER}]*[${LOWER}]+${SHORT}`,
  String.raw`[^\r\n\p{L}\p{N}]?[${UPPER}]+[${LOWER}]*${SHORT}`,
  String.raw`\p{N}{1,3}`,
  String.raw` ?[^\s\p{L}\p{N}]+[\r\n/]*`,
  String.raw`\s*[\r\n]+`,
  String.raw`\s+(?!\S)`,
  String.raw`\s+`,
].join('|');
/** At the end of a text, line breaks and what follows them are one word. */
export const CL100K = LLAMA3.replace(String.raw`|\s*[\r\n]+`, String.raw`|\s+\z|\s*[\r\n]+`);

/** Words of SentencePiece, each with the spaces before it. */
export const PIECES = '▁*[^▁]+|▁+';

/**
 * Patterns that were looked at: where a part of one fails after a long way, another takes that way, so that a search is linear in the
 * length of the text.
 */
export const KNOWN_PATTERNS: ReadonlySet<string> = /* @__PURE__ */ new Set([
  GPT2,
  CL100K,
  O200K,
  PIECES,
  ...CONTRACTIONS.flatMap((short) => [llama3(short, '{1,3}'), llama3(short, '')]),
]);
