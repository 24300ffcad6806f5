import { DataError, data } from '@gai/core';
import { quoted } from '@gai/core/io';
import type { GgufFile, GgufValue } from '@gai/formats';
import type { ConfigJson } from '../../config/fields.ts';
import { shown } from '../../config/shown.ts';

/** Where llama.cpp's converter puts a factor for each pair of features, as Llama 3.1 has them. */
export const ROPE_FACTORS = 'rope_freqs.weight';

/** Settings of YaRN that change what is computed, with the only value that is known here. */
const YARN_FIXED: Readonly<Record<string, number>> = { attn_factor: 1, yarn_ext_factor: 1, yarn_log_multiplier: 0 };

/**
 * The scaling of rotary positions in a GGUF file, as `rope_scaling` of a configuration.
 * @throws {@link DataError} for one that is not known here.
 */
export async function ropeScaling({ metadata, infos, tensor }: GgufFile): Promise<ConfigJson | null> {
  const get = (key: string): GgufValue | undefined => metadata[`llama.rope.scaling.${key}`];
  const type = get('type') ?? 'none';
  if (infos.has(ROPE_FACTORS)) {
    if (type !== 'none') throw notSupported(`rope.scaling.type ${shownOf(type)} and ${ROPE_FACTORS}`);
    const factors = Array.from((await data(tensor(ROPE_FACTORS))) as Float32Array);
    const context = metadata['llama.context_length'];
    // The same factors for short and long texts, so that no context decides between them.
    const both = { short_factor: factors, long_factor: factors, original_max_position_embeddings: context };
    return { rope_type: 'longrope', ...both, factor: 1, attention_factor: 1 };
  }
  if (type === 'none') return null;
  const factor = get('factor');
  if (type === 'linear') return { rope_type: 'linear', factor };
  if (type !== 'yarn') throw notSupported(`rope.scaling.type ${shownOf(type)}`);
  for (const [name, known] of Object.entries(YARN_FIXED))
    if ((get(name) ?? known) !== known) throw notSupported(`rope.scaling.${name} ${shownOf(get(name))}`);
  return {
    rope_type: 'yarn',
    factor,
    original_max_position_embeddings: get('original_context_length') ?? metadata['llama.context_length'],
    beta_fast: get('yarn_beta_fast') ?? null,
    beta_slow: get('yarn_beta_slow') ?? null,
  };
}

const shownOf = (value: GgufValue | undefined): string => (typeof value === 'string' ? shown(value) : quoted(value));

const notSupported = (what: string): DataError =>
  new DataError(
    `fromPretrained: the rotary positions of this GGUF file are not supported. Got ${what}; expected them as they are, scaled ` +
      `linearly, by YaRN, or by factors. There is no other way to load such a model yet.`,
    { op: 'fromPretrained', details: { what } },
  );
