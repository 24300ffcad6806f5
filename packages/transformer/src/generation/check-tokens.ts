import type { GenerationSettings } from './settings.ts';
import { noSuchToken } from '../models/no-such-token.ts';
import { listOf } from './scores/pipeline.ts';

/**
 * Refuses tokens of a call that the model does not have: nothing would come of them. Those of files may be of a larger vocabulary.
 * @throws {@link ArgumentError}
 */
export function checkTokens(call: GenerationSettings, vocabulary: number): void {
  const { logitBias = {}, sequenceBias = [], badWordsIds = [], suppressTokens = [], beginSuppressTokens = [] } = call;
  const named: Readonly<Record<string, readonly number[]>> = {
    logitBias: Object.keys(logitBias).map(Number),
    sequenceBias: sequenceBias.flatMap(([ids]) => ids),
    badWordsIds: badWordsIds.flat(),
    suppressTokens,
    beginSuppressTokens,
    forcedBosTokenId: listOf(call.forcedBosTokenId),
    forcedEosTokenId: listOf(call.forcedEosTokenId),
  };
  for (const [name, ids] of Object.entries(named)) for (const id of ids) checkedToken(name, id, vocabulary);
}

/** A token that the model has. */
// oxlint-disable-next-line max-params -- a number, its name and its bound.
export function checkedToken(name: string, id: number, vocabulary: number): number {
  if (id < vocabulary) return id;
  throw noSuchToken('generate', `${id} in ${name}`, vocabulary);
}
