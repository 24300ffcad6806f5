import type { Json } from '../read/fields.ts';
import { CL100K, LLAMA3, O200K, QWEN2 } from '../text/known-patterns.ts';

// How texts are cut into words, by the names that GGUF files and tiktoken give it.

/** Cuts by a pattern, then names the bytes as GPT-2 does. */
const split = (pattern: string): Json => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  ],
});

const GPT2: Json = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
const DIGITS: Json = { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, GPT2] };

const NAMED: Readonly<Record<string, Json>> = {
  ...named('gpt2 gpt-2 r50k_base p50k_base mpt olmo jais phi-2 roberta-bpe', GPT2),
  ...named('smollm starcoder refact command-r codeshell', DIGITS),
  ...named('llama3 llama-v3 llama-bpe dbrx smaug-bpe', split(LLAMA3)),
  ...named('qwen2 deepseek-r1-qwen stablelm2', split(QWEN2)),
  ...named('cl100k_base', split(CL100K)),
  ...named('gpt-4o o200k_base', split(O200K)),
};

function named(names: string, value: Json): Record<string, Json> {
  return Object.fromEntries(names.split(' ').map((name) => [name, value]));
}

/** The names that {@link preTokenizerNamed} knows. */
export const PRE_TOKENIZERS: readonly string[] = Object.keys(NAMED);

/** The pre-tokenizer of a name; undefined if the name is not known. */
export const preTokenizerNamed = (name: string): Json | undefined =>
  Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;

/** The pre-tokenizer of a pattern. */
export const preTokenizerOf = split;
