import { checkOptionNames } from '@gai/core/ops';
import type { CausalLanguageModel, Seq2SeqLanguageModel } from '../models/generative.ts';
import { checkBeams } from './beams/check-beams.ts';
import { checkModel } from './check-model.ts';
import { checkTokens } from './check-tokens.ts';
import type { GenerateOptions } from './generate-options.ts';
import { optionNames, resolveOptions } from './resolve-options.ts';

/** What a call asks for, with what the model's files say, checked. */
export function callSettings(
  model: CausalLanguageModel | Seq2SeqLanguageModel,
  options: GenerateOptions,
): GenerateOptions {
  checkOptionNames('generate', options, optionNames);
  checkModel(model);
  const settings = resolveOptions(model, options);
  checkTokens(options, model.decoding.vocabulary);
  checkBeams(options, settings);
  return settings;
}

/** Whether it is a search by beams, by what the call and the model's files say. */
export const isSearch = ({ numBeams = 1 }: GenerateOptions): boolean => numBeams > 1;
