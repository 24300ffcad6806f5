import { bertFamily } from '../families/bert/family.ts';
import { gpt2Family } from '../families/gpt2/family.ts';
import { llamaFamily } from '../families/llama/family.ts';
import { t5Family } from '../families/t5/family.ts';

/** The families by the `model_type` of their configuration files: a new one is a folder and a line here. */
export const families = {
  bert: bertFamily,
  gpt2: gpt2Family,
  llama: llamaFamily,
  t5: t5Family,
};
