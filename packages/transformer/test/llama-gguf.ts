import type { ConfigJson } from '../src/index.ts';
import { writeGguf } from './gguf-writer.ts';
import type { GgufMetadata } from './gguf-writer.ts';

const PARTS: readonly (readonly [RegExp, string])[] = [
  [/^model\.embed_tokens/, 'token_embd'],
  [/^model\.norm/, 'output_norm'],
  [/^lm_head/, 'output'],
  [/^model\.layers\.(\d+)\.input_layernorm/, 'blk.$1.attn_norm'],
  [/^model\.layers\.(\d+)\.post_attention_layernorm/, 'blk.$1.ffn_norm'],
  [/^model\.layers\.(\d+)\.self_attn\.o_proj/, 'blk.$1.attn_output'],
  [/^model\.layers\.(\d+)\.self_attn\.(\w)_proj/, 'blk.$1.attn_$2'],
  [/^model\.layers\.(\d+)\.mlp\.(\w+)_proj/, 'blk.$1.ffn_$2'],
];

/** Rows of halves as pairs of neighbours: how llama.cpp's converter stores queries and keys. */
function interleaved(data: Float32Array, rows: number, headDim: number): Float32Array {
  const width = data.length / rows;
  const out = new Float32Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    const [head, place] = [Math.floor(row / headDim), row % headDim];
    const from = head * headDim + Math.floor(place / 2) + (place % 2) * (headDim / 2);
    out.set(data.subarray(from * width, (from + 1) * width), row * width);
  }
  return out;
}

/** A GGUF file of a Llama-style model: its configuration and float32 tensors under the names of Hugging Face. */
export function llamaGguf(
  config: ConfigJson,
  weights: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: ArrayLike<unknown> }>,
  change: GgufMetadata = {},
): Uint8Array<ArrayBuffer> {
  const number = (name: string): number => config[name] as number;
  const rope = config.rope_parameters as { readonly rope_theta: number; readonly factor?: number };
  const tensors = [...weights].map(([name, { shape, data }]) => {
    const own = PARTS.reduce((text, [pattern, part]) => text.replace(pattern, part), name);
    const values = data as Float32Array;
    const isTurned = /attn_[qk]\./.test(own);
    return [own, { shape, data: isTurned ? interleaved(values, shape[0]!, number('head_dim')) : values }] as const;
  });
  const metadata = {
    'general.architecture': 'llama',
    'llama.block_count': number('num_hidden_layers'),
    'llama.context_length': 64,
    'llama.embedding_length': number('hidden_size'),
    'llama.feed_forward_length': number('intermediate_size'),
    'llama.attention.head_count': number('num_attention_heads'),
    'llama.attention.head_count_kv': number('num_key_value_heads'),
    'llama.attention.key_length': number('head_dim'),
    'llama.attention.layer_norm_rms_epsilon': number('rms_norm_eps'),
    'llama.rope.freq_base': rope.rope_theta,
    ...(rope.factor === undefined
      ? {}
      : { 'llama.rope.scaling.type': 'linear', 'llama.rope.scaling.factor': rope.factor }),
    ...change,
  };
  return writeGguf(metadata, new Map(tensors));
}
