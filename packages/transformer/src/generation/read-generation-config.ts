import { DataError } from '@gai/core';
import { quoted } from '@gai/core/io';
import { jsonName } from '../config/fields.ts';
import type { ConfigJson } from '../config/fields.ts';
import type { Rule } from '../config/rules.ts';
import { shown } from '../config/shown.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { nullable, settingRules } from './settings.ts';
import type { GenerationSettings } from './settings.ts';

/** Fields that change nothing here: notes, how a run is organised, and what only searches that are not asked for read. */
const HARMLESS: ReadonlySet<string> = new Set([
  '_from_model_config',
  'assistant_confidence_threshold',
  'assistant_ensemble_weight',
  'assistant_lookbehind',
  'cache_config',
  'cache_implementation',
  'compile_config',
  'continuous_batching_config',
  'disable_compile',
  'low_memory',
  'max_cache_len',
  'max_matching_ngram_size',
  'num_assistant_tokens',
  'num_assistant_tokens_schedule',
  'output_attentions',
  'output_hidden_states',
  'output_logits',
  'output_scores',
  'prefill_chunk_size',
  'renormalize_logits', // What is drawn is the same.
  'return_dict_in_generate',
  'speculation_type',
  'target_lookbehind',
  'transformers_version',
  'trust_remote_code',
  'use_cache',
]);

/** Fields with the only value that is supported; null always is. */
const FIXED: Readonly<Record<string, unknown>> = {
  guidance_scale: 1,
  is_assistant: false,
  penalty_alpha: 0,
  prompt_lookup_num_tokens: 0,
  remove_invalid_values: false,
  token_healing: false,
  use_mtp: false,
};

/** Settings of a file, those that cannot be honoured unless the call says otherwise among them. */
export interface FileSettings {
  readonly settings: GenerationSettings;
  /** Settings with a value that is not supported, and what is thrown unless the call has another. */
  readonly refused: ReadonlyMap<string, DataError>;
}

/**
 * What generation_config.json says.
 * @throws {@link DataError} for a field that is not known or cannot be honoured.
 */
export function readGenerationConfig(json: ConfigJson): FileSettings {
  const settings: Record<string, unknown> = {};
  const refused = new Map<string, DataError>();
  const known = new Map(Object.keys(settingRules).map((name) => [jsonName(name), name]));
  for (const [field, value] of Object.entries(json)) {
    const name = known.get(field);
    if (name !== undefined) {
      const rule = settingRules[name as keyof GenerationSettings] as Rule<unknown>;
      if (value === null || isNone(name, value)) {
        if (nullable.has(name)) settings[name] = null;
      } else if (rule.is(value)) settings[name] = value;
      else refused.set(name, unsupported(field, value, rule.text));
      continue;
    }
    if (value === null || HARMLESS.has(field)) continue;
    if (!Object.hasOwn(FIXED, field)) throw unknownField(field, value);
    if (value !== FIXED[field]) throw unsupported(field, value, quoted(FIXED[field]));
  }
  return { settings, refused };
}

/** Files have -1 for a token that there is not. */
const isNone = (name: string, value: unknown): boolean =>
  nullable.has(name) && Number.isInteger(value) && Number(value) < 0;

/**
 * What the files of a model say of generation: generation_config.json, or old ones' config.json, or the model's own fields.
 * @param given - In place of the files.
 */
export function settingsOf(model: PretrainedModel, given?: ConfigJson): FileSettings {
  const own = ownSettings(model);
  const { generationConfig, configJson } = model.origin ?? {};
  if (given !== undefined || generationConfig !== undefined) {
    const { settings, refused } = readGenerationConfig(given ?? parse(generationConfig!));
    return { settings: { ...own, ...settings }, refused };
  }
  // config.json has been checked when the model was read: here only what is about generation counts.
  const names = Object.keys(settingRules).map(jsonName);
  const fields = Object.entries(configJson ?? {}).filter(([field]) => names.includes(field));
  const { settings, refused } = readGenerationConfig(Object.fromEntries(fields));
  return { settings: { ...own, ...settings }, refused };
}

/** Some families have tokens among the fields of their configuration. */
function ownSettings({ config }: PretrainedModel): GenerationSettings {
  const fields = Object.entries(config).filter(([name, value]) => nullable.has(name) && value !== null);
  return Object.fromEntries(fields.filter(([, value]) => Array.isArray(value) || Number(value) >= 0));
}

function parse(text: string): ConfigJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw noObject(cause instanceof Error ? quoted(cause.message) : 'no JSON', cause);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as ConfigJson;
  throw noObject(quoted(value));
}

const REMEDY = 'Pass another value, or { generationConfig: {} } to do without the file.';

const noObject = (got: string, cause?: unknown): DataError =>
  new DataError(`generate: generation_config.json cannot be read. Got ${got}; expected an object. ${REMEDY}`, {
    op: 'generate',
    cause,
  });

const unknownField = (field: string, value: unknown): DataError =>
  new DataError(
    `generate: a field of generation_config.json is not known. Got ${shown(field)}: ${quoted(value)}; expected fields whose effect is ` +
      `known, since others may change what is written. Pass { generationConfig } without it if it has no effect.`,
    { op: 'generate', details: { field } },
  );

// oxlint-disable-next-line max-params -- one sentence.
const unsupported = (field: string, value: unknown, rule: string): DataError =>
  new DataError(
    `generate: a field of generation_config.json cannot be honoured. Got ${shown(field)}: ${quoted(value)}; expected ${rule}. ${REMEDY}`,
    { op: 'generate', details: { field } },
  );
