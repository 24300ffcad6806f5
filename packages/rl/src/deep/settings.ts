import { checkOptionNames } from '@gai/core/ops';
import { argumentError, show } from '../errors.ts';
import { checkInteger, checkNumber } from '../tabular/errors.ts';
import { checkSchedule } from './schedule.ts';
import type { AgentSchedule } from './schedule.ts';

/** Refuses a setting of an algorithm that cannot be. */
export type SettingRule = (op: string, name: string, value: never) => void;

/** A whole number of 1 or more. */
export const count: SettingRule = (op, name, value) => checkInteger(op, name, [value, 1, Number.MAX_SAFE_INTEGER]);

/** A number from 0 to 1. */
export const fraction: SettingRule = (op, name, value) => checkNumber(op, name, [value, 0, 1]);

/** A number of 0 or more. */
export const weight: SettingRule = (op, name, value) => checkNumber(op, name, [value, 0, Infinity]);

/** A number above 0. */
export const positive: SettingRule = (op, name, value) => checkNumber(op, name, [value, Number.MIN_VALUE, Infinity]);

/** True or false. */
export const flag: SettingRule = (op, name, value) => {
  if (typeof value === 'boolean') return;
  throw argumentError(op, `${name} is no yes or no. Got ${show(value)}; expected true or false. Pass one of them.`);
};

/** A schedule that begins at `least` or above. */
export const schedule =
  (least = 0): SettingRule =>
  (op, name, value: AgentSchedule) =>
    checkSchedule(op, name, value, least);

/** Null, or what another rule takes. */
export const orNull =
  (rule: SettingRule): SettingRule =>
  (op, name, value) => {
    if (value !== null) rule(op, name, value);
  };

/** Options that were given: one that is undefined was not. */
export function givenOptions<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}

/** What an algorithm can be told: defaults, and what each setting must be. */
export interface SettingsOf<Settings extends object> {
  readonly op: string;
  readonly defaults: Settings;
  readonly rules: { readonly [Name in keyof Settings]: SettingRule };
  /** Names of options that somebody else reads. */
  readonly others?: readonly string[] | undefined;
}

/**
 * The settings that an algorithm runs with: its defaults, with what was given in their place.
 *
 * @throws ArgumentError for an unknown name, or a value that its rule refuses.
 */
export function settingsOf<Settings extends object>(
  options: { readonly [Name in keyof Settings]?: unknown },
  { op, defaults, rules, others = [] }: SettingsOf<Settings>,
): Settings {
  const names = Object.keys(defaults) as (keyof Settings & string)[];
  checkOptionNames(op, options, [...new Set([...names, ...others])]);
  const given = givenOptions(options) as Partial<Settings>;
  const settings = Object.fromEntries(
    names.map((name) => [name, name in given ? given[name] : defaults[name]]),
  ) as Settings;
  for (const name of names) rules[name](op, name, settings[name] as never);
  return settings;
}
