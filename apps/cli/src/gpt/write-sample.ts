import { generate } from '@gai/transformer';
import type { LlamaForCausalLM } from '@gai/transformer';
import { plain } from '../terminal/plain.ts';
import type { GptSetup } from './setup.ts';

/** Tokens of a sample, and how they are drawn. */
const DRAWN = { maxNewTokens: 60, temperature: 0.8, topK: 0, topP: 0.95 };

/** The beginning of a text as the model writes it now, on one line. */
export async function writeSample(
  model: LlamaForCausalLM,
  { tokenizer, separator }: GptSetup,
  seed: number,
): Promise<string> {
  const { sequences } = await generate(model, [[separator]], { ...DRAWN, eosTokenId: separator, seed });
  return plain(tokenizer.decode(sequences[0] ?? []));
}
