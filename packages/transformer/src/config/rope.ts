import { DataError } from '@gai/core';
import type { RopeParameters } from '../positions/rope-frequencies.ts';
import type { ConfigJson } from './fields.ts';
import type { Rule } from './rules.ts';

/** The names in a file from which {@link readRope} reads. */
export const ropeNames: readonly string[] = [
  'rope_parameters',
  'rope_scaling',
  'rope_theta',
  'original_max_position_embeddings',
  'partial_rotary_factor',
];

/** What each kind of scaling needs besides the base. */
const NEEDED: Readonly<Record<RopeParameters['ropeType'], readonly string[]>> = {
  default: [],
  linear: ['factor'],
  llama3: ['factor', 'low_freq_factor', 'high_freq_factor', 'original_max_position_embeddings'],
};

export const rope: Rule<RopeParameters> = {
  is: (value): value is RopeParameters => {
    if (typeof value !== 'object' || value === null) return false;
    const { ropeType, ropeTheta, factor = 1 } = value as Partial<RopeParameters>;
    return (
      typeof ropeType === 'string' && Object.hasOwn(NEEDED, ropeType) && Number(ropeTheta) > 0 && Number(factor) > 0
    );
  },
  text: `{ ropeType, ropeTheta } and what that type needs; types are ${Object.keys(NEEDED).join(', ')}`,
};

/**
 * The rotary positions of a configuration file: `rope_parameters` of version 5, or `rope_theta` and `rope_scaling` of
 * version 4.
 */
export function readRope(json: ConfigJson, maxPositions: number): RopeParameters {
  const parts = recordOf(json.rope_scaling) ?? recordOf(json.rope_parameters) ?? {};
  const { rope_type: named, type, rope_theta: base = json.rope_theta ?? 10_000, ...scaling } = parts;
  const ropeType = named ?? type ?? 'default';
  if (typeof ropeType !== 'string' || !Object.hasOwn(NEEDED, ropeType)) throw unsupported('rope_type', ropeType);
  const needed = NEEDED[ropeType as RopeParameters['ropeType']];
  const partial = scaling.partial_rotary_factor ?? json.partial_rotary_factor ?? 1;
  if (partial !== 1) throw unsupported('partial_rotary_factor', partial);
  const original = json.original_max_position_embeddings ?? scaling.original_max_position_embeddings ?? maxPositions;
  const given: Record<string, unknown> = { ...scaling, original_max_position_embeddings: original };
  for (const name of needed) if (typeof given[name] !== 'number') throw lacking(ropeType, name);
  for (const [name, value] of Object.entries(scaling)) {
    const isKnown = name === 'partial_rotary_factor' || name === 'original_max_position_embeddings';
    if (value !== null && !isKnown && !needed.includes(name)) throw unsupported(name, value);
  }
  const pick = (name: string): number => given[name] as number;
  return {
    ropeType: ropeType as RopeParameters['ropeType'],
    ropeTheta: base as number,
    ...(ropeType === 'default' ? {} : { factor: pick('factor') }),
    ...(ropeType === 'llama3'
      ? {
          lowFreqFactor: pick('low_freq_factor'),
          highFreqFactor: pick('high_freq_factor'),
          originalMaxPositionEmbeddings: pick('original_max_position_embeddings'),
        }
      : {}),
  };
}

/** As both versions of Hugging Face's library read it. */
export function writeRope(given: RopeParameters): ConfigJson {
  const { ropeType, ropeTheta, factor, lowFreqFactor, highFreqFactor, originalMaxPositionEmbeddings } = given;
  const named = {
    factor,
    low_freq_factor: lowFreqFactor,
    high_freq_factor: highFreqFactor,
    original_max_position_embeddings: originalMaxPositionEmbeddings,
  };
  const scaling = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  return {
    rope_theta: ropeTheta,
    rope_scaling: ropeType === 'default' ? null : { rope_type: ropeType, ...scaling },
    rope_parameters: { rope_type: ropeType, rope_theta: ropeTheta, ...scaling },
  };
}

const recordOf = (value: unknown): ConfigJson | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ConfigJson) : undefined;

const unsupported = (name: string, value: unknown): DataError =>
  new DataError(
    `fromPretrained: these rotary positions are not supported. Got ${name}: ${JSON.stringify(value)}; expected rope_type ` +
      `${Object.keys(NEEDED).join(', ')} with what that type needs. There is no other way to load such a model yet.`,
    { op: 'fromPretrained', details: { field: name } },
  );

const lacking = (ropeType: string, name: string): DataError =>
  new DataError(
    `fromPretrained: the rotary positions are not complete. Got rope_type ${ropeType} without a number ${name}; expected one. ` +
      `Correct config.json.`,
    { op: 'fromPretrained', details: { field: name } },
  );
