import { ArgumentError } from '@gai/core';
import { quoted } from '@gai/core/io';
import { isLanguageModel } from '../models/generative.ts';

/** Refuses what cannot write. */
export function checkModel(model: unknown, op = 'generate'): void {
  if (isLanguageModel(model)) return;
  const got = nameOf(model);
  throw new ArgumentError(
    `${op}: this is no model that writes. Got ${got}; expected a language model such as GPT2LMHeadModel, LlamaForCausalLM or ` +
      `T5ForConditionalGeneration. Read it with AutoModelForCausalLM or AutoModelForSeq2SeqLM.`,
    { op },
  );
}

function nameOf(model: unknown): string {
  if (typeof model === 'function') return model.name === '' ? 'a function' : `the class or function ${model.name}`;
  return typeof model === 'object' && model !== null ? model.constructor.name : quoted(model);
}
