import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { quoted } from '@gai/core/io';

/**
 * What {@link weightMap} is told.
 * @category Indexes
 */
export interface WeightMapOptions {
  /** Who reads the index, for messages. */
  readonly op: string;
  /** The path of the index, for messages. */
  readonly path: string;
  /** What names of files may end in, such as `'safetensors'`. */
  readonly endings: readonly string[];
}

/**
 * Which file has each tensor, as the indexes of Hugging Face say it (`model.safetensors.index.json`, `pytorch_model.bin.index.json`).
 * @param index - What the JSON file holds.
 * @throws {@link DataError} if it is no index, or names something else than a file beside it: no folder, no way up, no drive.
 * @example
 * const index = { weight_map: { 'norm.weight': 'model-00001-of-00002.safetensors' } };
 * const files = weightMap(index, { op: 'load', path: 'model.safetensors.index.json', endings: ['safetensors'] });
 * files.get('norm.weight'); // => 'model-00001-of-00002.safetensors'
 * @category Indexes
 */
export function weightMap(index: unknown, options: WeightMapOptions): ReadonlyMap<string, string> {
  checkOptionNames('weightMap', options, ['op', 'path', 'endings']);
  const { op, path, endings } = options;
  const refuse = (got: string, expected: string): DataError =>
    new DataError(
      `${op}: the index does not fit. Got ${got} in '${path}'; expected ${expected}. Fetch the folder again.`,
      {
        op,
        details: { path },
      },
    );
  const map = (index as { readonly weight_map?: unknown } | null | undefined)?.weight_map;
  if (typeof map !== 'object' || map === null || Array.isArray(map))
    throw refuse('no weight_map', 'an object with one');
  const files = new Map<string, string>();
  for (const [name, file] of Object.entries(map) as [string, unknown][]) {
    const isPlain = typeof file === 'string' && /^[\w-][\w.-]*$/.test(file);
    if (!isPlain || !endings.some((ending) => file.endsWith(`.${ending}`))) {
      const kinds = endings.map((ending) => `.${ending}`).join(' or ');
      throw refuse(`the file ${quoted(file)} for ${quoted(name)}`, `the plain name of a ${kinds} file beside it`);
    }
    files.set(name, file);
  }
  return files;
}
