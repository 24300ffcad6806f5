import { nearestName } from '@gai/core/errors';
import { ProviderError, checkGenerateOptions, generateOptionNames } from '@gai/providers';
import type { GenerateOptions as SharedOptions } from '@gai/providers';
import type { GenerateOptions } from '../generation/generate-options.ts';
import { quoted } from '@gai/core/io';
import type { Rule } from '../config/rules.ts';
import { optionNames } from '../generation/resolve-options.ts';
import { nullable, settingRules } from '../generation/settings.ts';
import type { GenerationSettings } from '../generation/settings.ts';

/**
 * How a {@link TextGenerator} of ours writes: what every one takes, and what `generate` takes. What a call does not say, the model's
 * generation_config.json says.
 * @category Generation
 */
export interface TextGenerateOptions
  extends
    SharedOptions,
    Omit<GenerationSettings, keyof SharedOptions>,
    Pick<GenerateOptions, 'generationConfig' | 'prefillChunkSize' | 'stopWhen'> {}

/** What {@link TextGenerateOptions} has of its own, besides what every {@link TextGenerator} takes. */
const OURS = /* @__PURE__ */ optionNames.filter((name) => !['promptCache', 'returnCache'].includes(name));
const sharedNames: ReadonlySet<string> = /* @__PURE__ */ new Set(generateOptionNames);

/** Names of every option. */
export const textOptionNames: readonly string[] = /* @__PURE__ */ Array.from(new Set([...sharedNames, ...OURS]));

/** An option that asks for what nothing here does. */
const REFUSED = ['schema', 'tools', 'toolChoice'] as const;

/**
 * The options of a call for `generate`, checked as far as that needs no model: for those who take them from a file, or from somebody
 * who types. {@link textGenerator} begins each call with it.
 * @param op - Names the function in messages.
 * @throws {@link ProviderError} for an option that there is not, that does not fit, or that cannot be honoured.
 * @example
 * checkTextOptions('generate', { topP: 0.9, typicalp: 0.5 } as TextGenerateOptions); // => throws ProviderError
 * @category Generation
 */
export function checkTextOptions(op: string, options: TextGenerateOptions): GenerateOptions {
  if (typeof options !== 'object' || options === null) checkGenerateOptions(op, options);
  for (const name of Object.keys(options)) if (!textOptionNames.includes(name)) throw unknown(op, name);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  // Of all tokens is what `generate` calls 0, and has another default.
  const shared = given.filter(([name, value]) => sharedNames.has(name) && !(name === 'topK' && value === 0));
  const refused = REFUSED.find((name) => isAsked(options[name]));
  if (refused !== undefined) throw unsupported(op, refused);
  checkGenerateOptions(op, Object.fromEntries(shared));
  for (const [name, value] of given) checkSetting(op, name, value);
  const lone = options.stop?.find((text) => /\p{Surrogate}/u.test(text));
  if (lone !== undefined) throw brokenStop(op, lone);
  return Object.fromEntries(given.filter(([name]) => OURS.includes(name)));
}

function checkSetting(op: string, name: string, value: unknown): void {
  const rule = (settingRules as Readonly<Record<string, Rule<unknown>>>)[name];
  if (rule === undefined || rule.is(value) || (value === null && nullable.has(name))) return;
  throw new ProviderError(
    'ARGUMENT',
    `${op}: ${name} does not fit. Got ${quoted(value)}; expected ${rule.text}. Pass another value.`,
    { op, details: { option: name } },
  );
}

/** No tools, and none to choose of, are nothing to be honoured. */
const isAsked = (value: unknown): boolean =>
  value !== undefined && value !== 'none' && !(Array.isArray(value) && value.length === 0);

function unknown(op: string, name: string): ProviderError {
  const nearest = nearestName(name, textOptionNames);
  const hint = nearest === undefined ? 'Leave it out.' : `Did you mean '${nearest}'?`;
  return new ProviderError(
    'ARGUMENT',
    `${op}: no such option. Got '${name}'; expected one of ${textOptionNames.join(', ')}. ${hint}`,
    { op, details: { option: name } },
  );
}

const unsupported = (op: string, name: string): ProviderError =>
  new ProviderError(
    'UNSUPPORTED',
    `${op}: models that run here cannot be held to it. Got ${name}; expected none. Leave it out, and say in the prompt what is wanted.`,
    { op, details: { option: name } },
  );

const brokenStop = (op: string, text: string): ProviderError =>
  new ProviderError(
    'ARGUMENT',
    `${op}: a stop text has half a character. Got ${JSON.stringify(text)}; expected whole ones, which are all that is ever written.`,
    { op },
  );
