import { ArgumentError } from '@gai/core';
import { checkArgument } from '@gai/core/ops';
import { quoted } from '@gai/core/io';
import type { Rule } from '../config/rules.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import type { GenerateOptions } from './generate-options.ts';
import { settingsOf } from './read-generation-config.ts';
import { PromptCache } from './prompt-cache.ts';
import { nullable, samplingNames, settingRules } from './settings.ts';
import type { GenerationSettings } from './settings.ts';

const OWN = [
  'seed',
  'signal',
  'logProbs',
  'stopWhen',
  'prefillChunkSize',
  'promptCache',
  'returnCache',
  'generationConfig',
] as const;

/** Names of every option. */
export const optionNames: readonly string[] = [...Object.keys(settingRules), ...OWN];

/**
 * The options of a call, with what the model's files say where the call says nothing.
 * @param options - With names of {@link optionNames} alone.
 * @throws {@link ArgumentError} for a value that does not fit.
 * @throws {@link DataError} for what a file says and cannot be honoured.
 */
export function resolveOptions(model: PretrainedModel, options: GenerateOptions): GenerateOptions {
  const call = checkedSettings(options);
  checkOwn(options);
  const { settings, refused } = settingsOf(model, options.generationConfig);
  for (const [name, error] of refused) if (!(name in call)) throw error;
  const own = Object.fromEntries(OWN.map((name) => [name, options[name]]));
  const lengths = 'maxLength' in call && !('maxNewTokens' in call) ? { maxNewTokens: undefined } : {};
  const doSample = isSampled(call, settings);
  // A file of which the call draws all the same: its 0, which says not to draw, is no divisor.
  const divisor = doSample && call.temperature === undefined && settings.temperature === 0 ? { temperature: 1 } : {};
  return { ...settings, ...lengths, ...divisor, ...call, ...own, doSample };
}

/** What the call says, undefined left out. */
function checkedSettings(options: GenerateOptions): GenerationSettings {
  const call: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(settingRules) as [keyof GenerationSettings, Rule<unknown>][]) {
    const value = options[name];
    if (value === undefined) continue;
    if (value === null && nullable.has(name)) call[name] = null;
    else if (rule.is(value)) call[name] = value;
    else throw misfit(name, value, rule.text);
  }
  return call;
}

function isSampled(call: GenerationSettings, settings: GenerationSettings): boolean {
  const said = samplingNames.filter(
    (name) => call[name] !== undefined && !(name === 'temperature' && call[name] === 0),
  );
  if (call.doSample === false || call.temperature === 0) {
    const greedy = call.doSample === false ? 'doSample' : 'temperature';
    const other = call.doSample === true ? 'doSample' : said[0];
    if (other !== undefined) throw contradiction(call, greedy, other);
    return false;
  }
  if (call.doSample === true || said.length > 0) return true;
  return settings.doSample === true && settings.temperature !== 0;
}

function checkOwn(options: GenerateOptions): void {
  const { seed, logProbs, stopWhen, prefillChunkSize, signal, returnCache, generationConfig, promptCache } = options;
  const check = (name: string, value: unknown, [fits, rule]: readonly [boolean, string]): void => {
    if (value !== undefined) checkArgument(fits, value, { op: 'generate', name, rule });
  };
  const seeds = Array.isArray(seed) ? seed : [seed];
  const count = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && Number(value) >= least;
  check('seed', seed, [seeds.every(Number.isSafeInteger), 'a whole number, or one for each row']);
  check('logProbs', logProbs, [count(logProbs, 0), 'a whole number of at least 0']);
  check('stopWhen', stopWhen, [typeof stopWhen === 'function', 'a function (row, tokens) => boolean']);
  check('prefillChunkSize', prefillChunkSize, [count(prefillChunkSize, 1), 'a whole number of at least 1']);
  check('signal', signal, [typeof signal === 'object' && 'aborted' in signal, 'an AbortSignal']);
  check('returnCache', returnCache, [typeof returnCache === 'boolean', 'true or false']);
  check('promptCache', promptCache, [promptCache instanceof PromptCache, 'the promptCache of an earlier result']);
  const isJson = typeof generationConfig === 'object' && generationConfig !== null;
  check('generationConfig', generationConfig, [isJson, 'an object as in generation_config.json']);
}

// oxlint-disable-next-line max-params -- one sentence.
const misfit = (name: string, value: unknown, rule: string): ArgumentError =>
  new ArgumentError(`generate: ${name} does not fit. Got ${quoted(value)}; expected ${rule}. Pass another value.`, {
    op: 'generate',
    details: { option: name },
  });

// oxlint-disable-next-line max-params -- one sentence.
const contradiction = (
  call: GenerationSettings,
  greedy: 'doSample' | 'temperature',
  name: keyof GenerationSettings,
): ArgumentError =>
  new ArgumentError(
    `generate: nothing is drawn. Got ${greedy} ${quoted(call[greedy])} and ${name} ${quoted(call[name])}; expected one of them. Leave ` +
      `out ${greedy} to draw, or ${name} to take the best tokens.`,
    { op: 'generate', details: { option: name } },
  );
