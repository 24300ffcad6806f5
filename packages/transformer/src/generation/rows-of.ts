import { ArgumentError } from '@gai/core';
import { checkArgument } from '@gai/core/ops';
import { quoted } from '@gai/core/io';
import { hasEncoder } from '../models/generative.ts';
import type { CausalLanguageModel } from '../models/generative.ts';
import { isToken, noSuchToken } from '../models/no-such-token.ts';
import type { GenerateOptions } from './generate-options.ts';
import { checkedToken } from './check-tokens.ts';
import { Row } from './row.ts';

/** New tokens where nobody says how many, as in the reference. */
const DEFAULT_NEW_TOKENS = 20;

/** A row for each prompt, which behind an encoder begins with the start of the decoder. */
export function rowsOf(
  model: CausalLanguageModel,
  inputIds: readonly (readonly number[])[],
  options: GenerateOptions,
): Row[] {
  const isBatch =
    Array.isArray(inputIds) &&
    inputIds.length > 0 &&
    inputIds.every((row) => Array.isArray(row) || ArrayBuffer.isView(row));
  checkArgument(isBatch, inputIds, {
    op: 'generate',
    name: 'inputIds',
    rule: 'a list of lists of token ids, one for each row: [ids], of a text [tokenizer.encode(text).ids]',
  });
  for (const [index, ids] of inputIds.entries()) checkIds(ids, index, model.decoding.vocabulary);
  const { vocabulary } = model.decoding;
  return inputIds.map((ids, index) => {
    if (hasEncoder(model) && ids.length === 0) throw emptyText(index);
    const prompt = hasEncoder(model)
      ? [startOf(options, vocabulary)]
      : ids.length > 0
        ? ids
        : [beginOf(options, index, vocabulary)];
    return new Row(index, prompt, lengthOf(model, prompt.length, options), hasEncoder(model) ? ids : undefined);
  });
}

/** Most tokens of a row. */
function lengthOf({ decoding }: CausalLanguageModel, prompt: number, options: GenerateOptions): number {
  const { positions } = decoding;
  const { maxNewTokens, maxLength } = options;
  if (prompt > positions || (maxNewTokens === undefined && maxLength !== undefined && prompt > maxLength)) {
    throw tooLong(prompt, Math.min(positions, maxLength ?? Infinity));
  }
  const asked = maxNewTokens === undefined ? (maxLength ?? prompt + DEFAULT_NEW_TOKENS) : prompt + maxNewTokens;
  return Math.min(positions, asked);
}

function checkIds(ids: readonly number[], row: number, vocabulary: number): void {
  for (const id of ids) {
    if (!isToken(id, vocabulary)) throw noSuchToken('generate', `${quoted(id)} in row ${row}`, vocabulary);
  }
}

// oxlint-disable-next-line max-params -- what it looks at.
function beginOf({ bosTokenId }: GenerateOptions, row: number, vocabulary: number): number {
  if (typeof bosTokenId === 'number') return checkedToken('bosTokenId', bosTokenId, vocabulary);
  throw new ArgumentError(
    `generate: a prompt is empty. Got no tokens in row ${row} and no bosTokenId; expected at least one token to go on from. Pass ` +
      `one, or { bosTokenId }.`,
    { op: 'generate', details: { row } },
  );
}

function startOf({ decoderStartTokenId, bosTokenId }: GenerateOptions, vocabulary: number): number {
  if (typeof decoderStartTokenId === 'number') {
    return checkedToken('decoderStartTokenId', decoderStartTokenId, vocabulary);
  }
  if (typeof bosTokenId === 'number') return checkedToken('bosTokenId', bosTokenId, vocabulary);
  throw new ArgumentError(
    `generate: the decoder has nothing to begin with. Got no decoderStartTokenId and no bosTokenId; expected one. Pass ` +
      `{ decoderStartTokenId }.`,
    { op: 'generate' },
  );
}

const emptyText = (row: number): ArgumentError =>
  new ArgumentError(
    `generate: a text is empty. Got no tokens in row ${row}; expected at least one for the encoder to read. Pass one, such as the end ` +
      `of texts.`,
    { op: 'generate', details: { row } },
  );

const tooLong = (prompt: number, most: number): ArgumentError =>
  new ArgumentError(
    `generate: a prompt is too long. Got ${prompt} tokens; expected at most ${most}. Cut off its beginning, or allow more.`,
    { op: 'generate', details: { prompt, most } },
  );
