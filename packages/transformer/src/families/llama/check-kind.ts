import { ArgumentError } from '@gai/core';
import { quoted } from '@gai/core/io';
import type { LlamaConfig } from './config.ts';
import { traitsOf } from './kinds.ts';

/**
 * Refuses what the files of a kind of models cannot say, and layers that do not fit.
 * @throws {@link ArgumentError}
 */
export function checkKind(config: LlamaConfig): void {
  const { modelType, numHiddenLayers, layerTypes, noRopeLayers, slidingWindow } = config;
  const given = config as unknown as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(traitsOf(modelType).settled))
    if (given[name] !== value) throw misfit(name, quoted(given[name]), `${quoted(value)} for ${modelType}`);
  for (const [name, { length }] of Object.entries({ layerTypes, noRopeLayers }))
    if (length !== numHiddenLayers)
      throw misfit(name, `${length} entries`, `one for each of ${numHiddenLayers} layers`);
  const isSliding = layerTypes.includes('sliding_attention');
  if (isSliding && slidingWindow === null)
    throw misfit('slidingWindow', 'null', 'a number of tokens for sliding_attention');
  if (modelType !== 'smollm3' && noRopeLayers.includes(0)) throw misfit('noRopeLayers', '0', `1 for ${modelType}`);
}

const misfit = (field: string, got: string, expected: string): ArgumentError =>
  new ArgumentError(
    `LlamaModel: ${field} does not fit. Got ${got}; expected ${expected}. Change it, or modelType, which says whose files are written.`,
    { op: 'LlamaModel', details: { field } },
  );
