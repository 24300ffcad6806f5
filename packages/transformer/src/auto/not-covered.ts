/** What sets models apart that no class here computes, though they look like some that are: by their `model_type`. */
const NOT_COVERED: Readonly<Record<string, string>> = {
  cohere: 'attention beside the feed-forward part',
  'deberta-v2': 'positions in three products of attention',
  deberta: 'positions in three products of attention',
  gemma2: 'scores that are capped, and norms behind each part',
  gemma3: 'images, and norms behind each part',
  gemma3_text: 'norms behind each part, and two kinds of rotary positions',
  gpt_neox: 'attention beside the feed-forward part',
  gptj: 'attention beside the feed-forward part',
  mbart: 'norms before each part behind learned positions',
  mixtral: 'experts',
  mpnet: 'positions as biases in an encoder',
  phi: 'attention beside the feed-forward part',
  phi3: 'maps of queries, keys and values that are one',
  phimoe: 'experts',
  qwen2_moe: 'experts',
  qwen3_moe: 'experts',
};

/** `, which has …`, if it is known why a model is not computed. */
export function whyNot(modelType: unknown): string {
  const reason = typeof modelType === 'string' && Object.hasOwn(NOT_COVERED, modelType) ? NOT_COVERED[modelType] : '';
  return reason === '' ? '' : `, which has ${reason}`;
}
