import type { Json } from '../read/fields.ts';

/** A token and its id. */
export interface TokenId {
  readonly token: string;
  readonly id: number;
}

/** The post-processor that puts a token before a text, one after it, or both; null: none. */
export function templateOf({
  bos,
  eos,
  pairTypeId = 1,
}: {
  readonly bos?: TokenId | undefined;
  readonly eos?: TokenId | undefined;
  /** The type of the second text of a pair. Default 1. */
  readonly pairTypeId?: 0 | 1 | undefined;
}): Json | null {
  const given = [bos, eos].filter((one) => one !== undefined);
  if (given.length === 0) return null;
  const part = (token: TokenId | undefined, typeId: number): Json[] =>
    token === undefined ? [] : [{ SpecialToken: { id: token.token, type_id: typeId } }];
  const around = (sequence: 'A' | 'B', typeId: number): Json[] => [
    ...part(bos, typeId),
    { Sequence: { id: sequence, type_id: typeId } },
    ...part(eos, typeId),
  ];
  return {
    type: 'TemplateProcessing',
    single: around('A', 0),
    pair: [...around('A', 0), ...around('B', pairTypeId)],
    special_tokens: Object.fromEntries(
      given.map(({ token, id }) => [token, { id: token, ids: [id], tokens: [token] }]),
    ),
  };
}
