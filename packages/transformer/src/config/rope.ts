import { DataError } from '@gai/core';
import { quoted } from '@gai/core/io';
import type { RopeParameters } from '../positions/rope-parameters.ts';
import { jsonName } from './fields.ts';
import type { ConfigJson } from './fields.ts';
import type { Rule } from './rules.ts';
import { shown } from './shown.ts';

/** The names in a file from which {@link readRope} reads. */
export const ropeNames: readonly string[] = [
  'rope_parameters',
  'rope_scaling',
  'rope_theta',
  'original_max_position_embeddings',
  'partial_rotary_factor',
];

type Type = RopeParameters['ropeType'];
type Name = keyof RopeParameters;

/** What each kind of scaling needs besides the base, and what else it reads. */
const TYPES: Readonly<Record<Type, { readonly needed: readonly Name[]; readonly others: readonly Name[] }>> = {
  default: { needed: [], others: [] },
  linear: { needed: ['factor'], others: [] },
  dynamic: { needed: ['factor'], others: [] },
  llama3: {
    needed: ['factor', 'lowFreqFactor', 'highFreqFactor', 'originalMaxPositionEmbeddings'],
    others: [],
  },
  yarn: {
    needed: ['factor', 'originalMaxPositionEmbeddings'],
    others: ['attentionFactor', 'betaFast', 'betaSlow', 'mscale', 'mscaleAllDim', 'truncate'],
  },
  longrope: {
    needed: ['shortFactor', 'longFactor', 'originalMaxPositionEmbeddings', 'factor'],
    others: ['attentionFactor'],
  },
  proportional: { needed: [], others: ['factor', 'partialRotaryFactor'] },
};

const isPositive = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value > 0;

/** What a parameter may be. */
function fits(name: string, value: unknown): boolean {
  if (name === 'truncate') return typeof value === 'boolean';
  if (name === 'shortFactor' || name === 'longFactor') return Array.isArray(value) && value.every(isPositive);
  if (NULLABLE.includes(name)) return value === 0 || isPositive(value);
  return isPositive(value);
}

/** What may be 0. */
const NULLABLE: readonly string[] = ['betaFast', 'betaSlow', 'mscale', 'mscaleAllDim', 'attentionFactor'];

export const rope: Rule<RopeParameters> = {
  is: (value): value is RopeParameters => {
    if (typeof value !== 'object' || value === null) return false;
    const { ropeType, ...rest } = value as Partial<Record<Name, unknown>>;
    if (typeof ropeType !== 'string' || !Object.hasOwn(TYPES, ropeType)) return false;
    const { needed, others } = TYPES[ropeType as Type];
    const given = Object.entries(rest).filter(([, each]) => each !== undefined);
    const known: readonly string[] = ['ropeTheta', ...needed, ...others];
    return (
      ['ropeTheta', ...needed].every((name) => given.some(([each]) => each === name)) &&
      given.every(([name, each]) => known.includes(name) && fits(name, each))
    );
  },
  text: `{ ropeType, ropeTheta } and what that type needs, positive numbers; types are ${Object.keys(TYPES).join(', ')}`,
};

/**
 * The rotary positions of a configuration file: `rope_parameters` of version 5, or `rope_theta` and `rope_scaling` of
 * version 4.
 */
export function readRope(json: ConfigJson, maxPositions: number): RopeParameters {
  const parts = recordOf(json.rope_scaling) ?? recordOf(json.rope_parameters) ?? {};
  const { rope_type: named, type, rope_theta: base = json.rope_theta ?? 10_000, ...scaling } = parts;
  const ropeType = named ?? type ?? 'default';
  if (typeof ropeType !== 'string' || !Object.hasOwn(TYPES, ropeType)) throw unsupported('rope_type', ropeType);
  const { needed, others } = TYPES[ropeType as Type];
  const stated = { partial_rotary_factor: json.partial_rotary_factor, ...scaling };
  const given = withDefaults(ropeType as Type, stated, [json.original_max_position_embeddings, maxPositions]);
  const known = [...needed, ...others];
  for (const [name, value] of Object.entries(given))
    if (!isHarmless(name, value, known)) throw unsupported(name, value);
  const entries = known.flatMap((name): [Name, unknown][] => {
    const value = given[jsonName(name)] ?? undefined;
    return value === undefined ? [] : [[name, value]];
  });
  for (const name of needed) if (!entries.some(([key]) => key === name)) throw lacking(ropeType, jsonName(name));
  return { ropeType: ropeType as Type, ropeTheta: base as number, ...Object.fromEntries(entries) };
}

/** The old context, which may stand beside; and the factor that follows from it. */
function withDefaults(type: Type, scaling: ConfigJson, [beside, most]: readonly [unknown, number]): ConfigJson {
  const original = beside ?? scaling.original_max_position_embeddings ?? most;
  const follows = type === 'longrope' || (type === 'yarn' && scaling.factor === null);
  const factor = scaling.factor ?? (follows ? most / (original as number) : undefined);
  return { ...scaling, original_max_position_embeddings: original, factor };
}

/** Whether a parameter is read, or says nothing. */
function isHarmless(name: string, value: unknown, known: readonly Name[]): boolean {
  if (value === undefined || value === null || known.some((each) => jsonName(each) === name)) return true;
  return name === 'original_max_position_embeddings' || (name === 'partial_rotary_factor' && value === 1);
}

/** As both versions of Hugging Face's library read it. */
export function writeRope({ ropeType, ropeTheta, ...rest }: RopeParameters): ConfigJson {
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  const scaling = Object.fromEntries(given.map(([name, value]) => [jsonName(name), value]));
  return {
    rope_theta: ropeTheta,
    rope_scaling: ropeType === 'default' ? null : { rope_type: ropeType, ...scaling },
    rope_parameters: { rope_type: ropeType, rope_theta: ropeTheta, ...scaling },
  };
}

/** An object with something in it. */
const recordOf = (value: unknown): ConfigJson | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    ? (value as ConfigJson)
    : undefined;

const unsupported = (name: string, value: unknown): DataError =>
  new DataError(
    `fromPretrained: these rotary positions are not supported. Got ${shown(name)}: ${quoted(value)}; expected rope_type ` +
      `${Object.keys(TYPES).join(', ')} with what that type needs. There is no other way to load such a model yet.`,
    { op: 'fromPretrained', details: { field: name } },
  );

const lacking = (ropeType: string, name: string): DataError =>
  new DataError(
    `fromPretrained: the rotary positions are not complete. Got rope_type ${ropeType} without ${name}; expected one. ` +
      `Correct config.json.`,
    { op: 'fromPretrained', details: { field: name } },
  );
