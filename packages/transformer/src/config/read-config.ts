import { DataError } from '@gai/core';
import { quoted } from '@gai/core/io';
import { jsonName, resolveConfig } from './fields.ts';
import type { ConfigJson, Field, Fields } from './fields.ts';
import { harmlessFields } from './harmless-fields.ts';
import { shown } from './shown.ts';

/** Another kind of models that the classes of a family compute too, by what the configuration says. */
export interface Kind {
  /** What the names of its classes begin with, in `architectures`. */
  readonly prefix: string;
  /** Classes that are not called so, by what the family's are called. */
  readonly architectures?: Readonly<Record<string, string>>;
  /** Fields of its files that change nothing, besides the family's. */
  readonly harmless?: readonly string[];
  /** Fields of its files with the only value that is supported, besides the family's. */
  readonly fixed?: Readonly<Record<string, unknown>>;
}

/** What a family knows about its configuration files. */
export interface ConfigFormat<Config extends object> {
  readonly modelType: string;
  readonly fields: Fields<Config>;
  /** Fields of files that the family's mathematics does not depend on, besides those that no family depends on. */
  readonly harmless: readonly string[];
  /** Fields of files with the only value that is supported. */
  readonly fixed: Readonly<Record<string, unknown>>;
  /** The kinds by `model_type`, `modelType` among them; the configuration then has a field `modelType`. Default: there is one. */
  readonly kinds?: Readonly<Record<string, Kind>>;
}

/** The values of `model_type` that the classes of a family read. */
export const modelTypes = ({
  modelType,
  kinds,
}: Pick<ConfigFormat<object>, 'modelType' | 'kinds'>): readonly string[] =>
  kinds === undefined ? [modelType] : Object.keys(kinds);

/**
 * The configuration in a file as Hugging Face's library writes it, versions 4 and 5.
 * @throws {@link DataError} for a field that is not known, which may change what the model computes.
 */
export function readConfig<Config extends object>(json: ConfigJson, format: ConfigFormat<Config>): Config {
  const { fields } = format;
  const given: Record<string, unknown> = {};
  const { modelType, kind } = kindOf(format, json.model_type);
  const fixed: Readonly<Record<string, unknown>> = { ...format.fixed, ...kind.fixed };
  const read = new Set<string>([...harmlessFields, ...format.harmless, ...(kind.harmless ?? [])]);
  for (const [key, field] of Object.entries(fields) as [string, Field<unknown>][]) {
    const name = jsonName(key);
    for (const other of field.reads ?? [name]) read.add(other);
    const value = field.fromJson === undefined ? json[name] : field.fromJson(json);
    if (value !== undefined) given[key] = value;
  }
  for (const [name, value] of Object.entries(json)) {
    if (read.has(name) || value === null) continue;
    if (!Object.hasOwn(fixed, name)) throw unknownField(modelType, name, value);
    if (!isSame(value, fixed[name])) throw unsupported(modelType, name, [value, fixed[name]]);
  }
  try {
    return resolveConfig('config.json', fields, given as Partial<Config>);
  } catch (cause) {
    throw new DataError(cause instanceof Error ? cause.message : String(cause), { op: 'fromPretrained', cause });
  }
}

/** The kind that a file names, or else the family's first. */
function kindOf(
  { modelType, kinds = {} }: Pick<ConfigFormat<object>, 'modelType' | 'kinds'>,
  named: unknown,
): { readonly modelType: string; readonly kind: Partial<Kind> } {
  const own = typeof named === 'string' && Object.hasOwn(kinds, named) ? named : modelType;
  return { modelType: own, kind: kinds[own] ?? {} };
}

/** What a class of a family is called in the files of a configuration's kind. */
export function architectureOf(
  {
    architecture,
    format,
  }: { readonly architecture: string; readonly format: Pick<ConfigFormat<object>, 'modelType' | 'kinds'> },
  config: object,
): { readonly architecture: string; readonly modelType: string } {
  const { modelType, kind } = kindOf(format, 'modelType' in config ? config.modelType : undefined);
  const prefix = format.kinds?.[format.modelType]?.prefix ?? '';
  const own = kind.architectures?.[architecture] ?? `${kind.prefix ?? ''}${architecture.slice(prefix.length)}`;
  return { modelType, architecture: own };
}

/** Whether two values out of JSON are the same, whatever the order of their names. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [one, other] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    one.length === other.size &&
    one.every(([name, value]) => other.has(name) && isSame(value, other.get(name)))
  );
}

/** The configuration as a file has it. */
export function writeConfig<Config extends object>(
  config: Config,
  { modelType, fields }: ConfigFormat<Config>,
): ConfigJson {
  const json: Record<string, unknown> = { model_type: modelType };
  for (const [key, field] of Object.entries(fields) as [keyof Config & string, Field<unknown>][]) {
    const value: unknown = config[key];
    if (field.toJson !== undefined)
      Object.assign(json, field.toJson(value, config as Readonly<Record<string, unknown>>));
    else json[jsonName(key)] = value;
  }
  return json;
}

const unknownField = (modelType: string, name: string, value: unknown): DataError =>
  new DataError(
    `fromPretrained: a field of config.json is not known. Got ${shown(name)}: ${quoted(value)} for ${modelType}; expected fields ` +
      `whose effect is known, since others may change what the model computes. Pass { ignoreFields: [${/^\w{1,100}$/.test(name) ? `'${name}'` : quoted(name)}] } if it has no ` +
      `effect.`,
    { op: 'fromPretrained', details: { field: name } },
  );

const unsupported = (modelType: string, name: string, [got, expected]: readonly [unknown, unknown]): DataError =>
  new DataError(
    `fromPretrained: a field of config.json is not supported. Got ${shown(name)}: ${quoted(got)} for ${modelType}; expected ` +
      `${quoted(expected)}. There is no other way to load such a model yet.`,
    { op: 'fromPretrained', details: { field: name } },
  );
