import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { quoted } from '@gai/core/io';
import type { Rule } from './rules.ts';

/** The parts of a configuration file, by the names they have there. */
export type ConfigJson = Readonly<Record<string, unknown>>;

/** One field of a configuration. Its name in a file is the same in snake case. */
export interface Field<Value> {
  readonly rule: Rule<NonNullable<Value>>;
  /** What it is where nobody says so. A function of the fields before it, where it depends on them. */
  readonly default: Value | ((before: Readonly<Record<string, unknown>>) => Value);
  /** `null` is a value of its own: there is none. Elsewhere it stands for the default. */
  readonly nullable?: true;
  /** False for what only training or generation reads: outputs in evaluation mode are the same whatever it is. */
  readonly matters?: false;
  /** Reads it from a file where it is not simply under its own name. */
  readonly fromJson?: (json: ConfigJson) => unknown;
  /** What is written in a file, where it is not simply itself. */
  readonly toJson?: (value: Value, config: Readonly<Record<string, unknown>>) => ConfigJson;
  /** The names in a file that {@link fromJson} reads. */
  readonly reads?: readonly string[];
}

/** A field for everything that a configuration has. */
export type Fields<Config> = { readonly [Key in keyof Config]-?: Field<Config[Key]> };

/** `num_hidden_layers` for `numHiddenLayers`. */
export const jsonName = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * A whole configuration of what was given and the defaults.
 * @throws {@link ArgumentError} for a field that there is not, or a value that does not fit.
 */
export function resolveConfig<Config extends object>(
  op: string,
  fields: Fields<Config>,
  given: Partial<Config>,
): Config {
  checkOptionNames(op, given, Object.keys(fields));
  const config: Record<string, unknown> = {};
  const values = given as Readonly<Record<string, unknown>>;
  for (const [key, field] of Object.entries(fields) as [string, Field<unknown>][]) {
    const value = values[key];
    const isNone = value === null && field.nullable === true;
    const isDefault = value === undefined || (value === null && !isNone);
    // A default that follows from fields before need not fit either.
    const settled = isDefault ? defaultOf(field, config) : value;
    const isFit = (settled === null && field.nullable === true) || field.rule.is(settled);
    if (!isFit) throw misfit(op, key, settled, field.rule.text);
    config[key] = settled;
  }
  return config as Config;
}

const defaultOf = (field: Field<unknown>, before: Readonly<Record<string, unknown>>): unknown =>
  typeof field.default === 'function' ? (field.default as (of: object) => unknown)(before) : field.default;

// oxlint-disable-next-line max-params -- one sentence.
const misfit = (op: string, key: string, value: unknown, rule: string): ArgumentError =>
  new ArgumentError(`${op}: ${key} does not fit. Got ${quoted(value)}; expected ${rule}. Correct the configuration.`, {
    op,
    details: { field: key },
  });
