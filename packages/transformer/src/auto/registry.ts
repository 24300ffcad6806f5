import { albertFamily } from '../families/albert/family.ts';
import { bartFamily, translatingFamily } from '../families/bart/family.ts';
import { bertFamily } from '../families/bert/family.ts';
import { distilbertFamily } from '../families/distilbert/family.ts';
import { electraFamily } from '../families/electra/family.ts';
import { gpt2Family } from '../families/gpt2/family.ts';
import { llamaFamily } from '../families/llama/family.ts';
import { robertaFamily } from '../families/roberta/family.ts';
import { t5Family } from '../families/t5/family.ts';

/** The families by the `model_type` of their configuration files: a new one is a folder and a line here. */
export const families = {
  bert: bertFamily,
  gpt2: gpt2Family,
  llama: llamaFamily,
  t5: t5Family,
  albert: albertFamily,
  bart: bartFamily,
  camembert: robertaFamily,
  distilbert: distilbertFamily,
  electra: electraFamily,
  gemma: llamaFamily,
  marian: translatingFamily,
  mistral: llamaFamily,
  pegasus: translatingFamily,
  qwen2: llamaFamily,
  qwen3: llamaFamily,
  roberta: robertaFamily,
  smollm3: llamaFamily,
  'xlm-roberta': robertaFamily,
};
