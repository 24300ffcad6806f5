import type { Tokenizer } from '@gai/tokenizers';

/** A token of a text as the page shows it. */
export interface Chip {
  readonly id: number;
  /** As the vocabulary writes it. */
  readonly token: string;
  /** What it stands for: `text.slice(start, end)`. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** It stands for something the vocabulary does not have. */
  readonly isUnknown: boolean;
  /** Which of the tokens it is that share a character: `2/3`. */
  readonly part: string | undefined;
}

/** What a tokenizer makes of a text. */
export interface Reading {
  readonly vocabSize: number;
  readonly chips: readonly Chip[];
  readonly charactersPerToken: number;
  /** Unknown tokens among the chips. */
  readonly unknown: number;
  /** What the ids turn into again. */
  readonly decoded: string;
  readonly isSame: boolean;
}

/** What the page reads of a `tokenizer.json`. */
export interface ModelJson {
  readonly type?: string;
  readonly unk_token?: string | null;
  readonly unk_id?: number | null;
  readonly merges?: readonly (readonly [string, string] | string)[];
  readonly vocab?: unknown;
}

/** The model in the file of a tokenizer. */
export const modelIn = (json: Readonly<Record<string, unknown>>): ModelJson => (json['model'] ?? {}) as ModelJson;

/** The model of a tokenizer, as its file has it. */
export const modelOf = (tokenizer: Tokenizer): ModelJson => modelIn(tokenizer.toJSON());

/** The id of what a tokenizer does not know. */
function unknownId(tokenizer: Tokenizer): number | undefined {
  const { unk_id: id, unk_token: token } = modelOf(tokenizer);
  return id ?? (typeof token === 'string' ? tokenizer.tokenToId(token) : undefined);
}

/** Reads a text, without what a template would put around it. */
export function readText(tokenizer: Tokenizer, text: string): Reading {
  const { ids, tokens, offsets } = tokenizer.encode(text, { addSpecialTokens: false, truncation: null, padding: null });
  const unknown = unknownId(tokenizer);
  const parts = partsOf(offsets);
  const chips = ids.map((id, index): Chip => {
    const [start, end] = offsets[index]!;
    const isUnknown = id === unknown;
    return { id, token: tokens[index]!, text: text.slice(start, end), start, end, isUnknown, part: parts[index] };
  });
  const decoded = tokenizer.decode(ids, { skipSpecialTokens: false });
  return {
    vocabSize: tokenizer.vocabSize,
    chips,
    charactersPerToken: ids.length === 0 ? 0 : [...text].length / ids.length,
    unknown: chips.filter(({ isUnknown }) => isUnknown).length,
    decoded,
    isSame: decoded === text,
  };
}

/** For tokens that share characters with their neighbours: which of how many each is. */
function partsOf(offsets: readonly (readonly [start: number, end: number])[]): (string | undefined)[] {
  const parts: (string | undefined)[] = offsets.map(() => undefined);
  for (let from = 0; from < offsets.length;) {
    let to = from + 1;
    while (to < offsets.length && offsets[to]![0] < offsets[to - 1]![1]) to++;
    if (to - from > 1) for (let at = from; at < to; at++) parts[at] = `${at - from + 1}/${to - from}`;
    from = to;
  }
  return parts;
}

/** A text with what cannot be seen made visible. */
export function visible(text: string): string {
  return text.replaceAll(' ', '␣').replaceAll('\t', '⇥').replaceAll('\r', '␍').replaceAll('\n', '⏎');
}
