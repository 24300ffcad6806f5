import type { ConfigJson, Field } from '../config/fields.ts';
import { jsonName } from '../config/fields.ts';
import type { ConfigFormat } from '../config/read-config.ts';

const MARK = '\0';

/**
 * The text of a configuration file. Version 5 of Hugging Face's library reads no field of type `float` from a whole number: `1` is
 * written `1.0` where the field is one.
 */
export function configText<Config extends object>(json: ConfigJson, { fields }: ConfigFormat<Config>): string {
  const floats = new Set<string>();
  for (const [key, { rule }] of Object.entries(fields) as [string, Field<unknown>][])
    if (rule.kind === 'float') floats.add(jsonName(key));
  function marked(this: unknown, name: string, value: unknown): unknown {
    if (!Number.isSafeInteger(value)) return value;
    const isRope = this === json.rope_parameters || this === json.rope_scaling;
    const isFloat = isRope
      ? name !== 'original_max_position_embeddings'
      : this === json && (floats.has(name) || name === 'rope_theta');
    return isFloat ? `${MARK}${String(value)}.0` : value;
  }
  return `${JSON.stringify(json, marked, 2).replaceAll(/"\\u0000(-?\d+\.0)"/g, '$1')}\n`;
}
