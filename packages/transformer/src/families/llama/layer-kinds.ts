import type { ConfigJson } from '../../config/fields.ts';
import type { Rule } from '../../config/rules.ts';

/** How far the tokens of a layer look back: to the first one, or as far as the window. */
export type LayerReach = 'full_attention' | 'sliding_attention';

export const layerReaches: Rule<readonly LayerReach[]> = {
  is: (value): value is readonly LayerReach[] =>
    Array.isArray(value) && value.every((each) => each === 'full_attention' || each === 'sliding_attention'),
  text: 'full_attention or sliding_attention for every layer',
};

export const zerosAndOnes: Rule<readonly number[]> = {
  is: (value): value is readonly number[] => Array.isArray(value) && value.every((each) => each === 0 || each === 1),
  text: '1 or 0 for every layer',
};

/** The window in a file: Qwen's and SmolLM3's have one that is not used unless they say so. */
export function readWindow(json: ConfigJson): unknown {
  const { model_type: kind, use_sliding_window: isUsed = false, sliding_window: window } = json;
  const isOptional = kind === 'qwen2' || kind === 'qwen3' || kind === 'smollm3';
  return isOptional && isUsed !== true ? null : window;
}

/** The reach of every layer in a file, where something says it. */
export function readReaches(json: ConfigJson): unknown {
  const { layer_types: given, model_type: kind, num_hidden_layers: layers, max_window_layers: full = 28 } = json;
  // Mistral's layers are all alike, whatever its file says.
  if (kind === 'mistral') return undefined;
  if (given !== undefined && given !== null) return given;
  if ((kind !== 'qwen2' && kind !== 'qwen3') || readWindow(json) == null || typeof layers !== 'number')
    return undefined;
  return Array.from({ length: layers }, (_, index) => (index >= Number(full) ? 'sliding_attention' : 'full_attention'));
}

/** Which layers of SmolLM3 turn queries and keys: all but every fourth, or as its file says. */
export function readTurned(json: ConfigJson): unknown {
  const {
    no_rope_layers: given,
    model_type: kind,
    num_hidden_layers: layers,
    no_rope_layer_interval: every = 4,
  } = json;
  if (kind !== 'smollm3') return undefined;
  if (given !== undefined && given !== null) return given;
  return typeof layers === 'number' ? turnedBut(layers, Number(every)) : undefined;
}

export const turnedBut = (layers: number, every: number): number[] =>
  Array.from({ length: layers }, (_, index) => ((index + 1) % every === 0 ? 0 : 1));
