import { readObject, readText } from '../read/fields.ts';
import type { Json } from '../read/fields.ts';
import type { PadToken } from '../tokenizer.ts';

/**
 * The token that a folder's files name for filling up, and the end.
 * @param config - `tokenizer_config.json`.
 * @param named - What the files give as `pad_token`: a text, or an object with it.
 */
export function padTokenOf(config: Json, named: unknown): PadToken | undefined {
  if (named === undefined || named === null) return undefined;
  const token = typeof named === 'string' ? named : readText(readObject(named, 'pad_token')['content'], 'pad_token');
  return { token, direction: config['padding_side'] === 'left' ? 'left' : 'right' };
}
