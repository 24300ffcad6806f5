import { DataError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { quoted } from '@gai/core/io';
import type { GgufFile, GgufValue } from '@gai/formats';
import type { ConfigJson } from '../../config/fields.ts';
import { ROPE_FACTORS, ropeScaling } from './gguf-rope.ts';

/** The parts of a layer, as llama.cpp and as Hugging Face call them. */
const PARTS: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

const OUTSIDE: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
};

/** A Llama-style model in a GGUF file: its configuration and tensors under the names of Hugging Face's files. */
export async function llamaFromGguf(file: GgufFile): Promise<{
  readonly configJson: ConfigJson;
  readonly weights: Record<string, Tensor>;
}> {
  const configJson = { ...configOf(file), rope_scaling: await ropeScaling(file) };
  const weights = new Map<string, Tensor>();
  for (const name of Object.keys(file.tensors)) {
    if (name === ROPE_FACTORS) continue;
    const [, layer, part, kind] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(name) ?? [];
    const table = layer === undefined ? OUTSIDE : PARTS;
    const known = part !== undefined && Object.hasOwn(table, part) ? table[part] : undefined;
    // A name that is not known stays, and is refused as every other tensor that has no place.
    const full = known === undefined ? name : `${layer === undefined ? '' : `model.layers.${layer}.`}${known}.${kind}`;
    if (weights.has(full)) throw notSupported(`two tensors for ${quoted(full)}`);
    weights.set(full, file.tensor(name, { rotaryHeads: rotaryHeads(part, configJson) }));
  }
  return { configJson, weights: Object.fromEntries(weights) };
}

/** Queries and keys are stored for pairs of neighbours; Hugging Face's have pairs half a head apart. */
function rotaryHeads(part: string | undefined, config: ConfigJson): number | undefined {
  if (part === 'attn_q') return config.num_attention_heads as number;
  return part === 'attn_k' ? (config.num_key_value_heads as number) : undefined;
}

function configOf({ metadata, infos }: GgufFile): ConfigJson {
  const get = (key: string): GgufValue | undefined => metadata[`llama.${key}`];
  const number = (key: string): number | undefined => {
    const value = get(key);
    if (value === undefined || typeof value === 'number') return value;
    throw notSupported(`${key} ${quoted(value)}`);
  };
  const expertCount = get('expert_count') ?? 0;
  if (expertCount !== 0) throw notSupported(`expert_count ${quoted(expertCount)}`);
  const [dim = NaN, heads = NaN] = [number('embedding_length'), number('attention.head_count')];
  const headDim = number('attention.key_length') ?? dim / heads;
  const turned = get('rope.dimension_count') ?? headDim;
  if (turned !== headDim) throw notSupported(`rope.dimension_count ${quoted(turned)} of ${headDim}`);
  const token = (key: string): GgufValue | null => metadata[`tokenizer.ggml.${key}_token_id`] ?? null;
  return {
    model_type: 'llama',
    vocab_size: infos.get('token_embd.weight')?.shape[0] ?? get('vocab_size'),
    hidden_size: dim,
    intermediate_size: get('feed_forward_length'),
    num_hidden_layers: get('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: number('attention.head_count_kv') ?? heads,
    head_dim: headDim,
    max_position_embeddings: get('context_length'),
    rms_norm_eps: get('attention.layer_norm_rms_epsilon'),
    tie_word_embeddings: !infos.has('output.weight'),
    attention_bias: infos.has('blk.0.attn_q.bias'),
    mlp_bias: infos.has('blk.0.ffn_up.bias'),
    rope_theta: get('rope.freq_base') ?? 10_000,
    bos_token_id: token('bos'),
    eos_token_id: token('eos'),
    pad_token_id: token('padding'),
  };
}

const notSupported = (what: string): DataError =>
  new DataError(
    `fromPretrained: this GGUF file is not supported. Got ${what}; expected a dense model with rotary positions on whole heads. ` +
      `There is no other way to load such a model yet.`,
    { op: 'fromPretrained', details: { what } },
  );
