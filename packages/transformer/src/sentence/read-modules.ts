import { DataError } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { quoted } from '@gai/core/io';
import { fileIn, readJson, readJsonList } from '../pretrained/folder.ts';
import { poolingModes } from './pooling.ts';
import type { PoolingMode } from './pooling.ts';

/** What a folder of sentence-transformers consists of. */
export interface SentenceModules {
  /** The folder of the model itself, and of its tokenizer. */
  readonly model: string;
  readonly pooling: readonly PoolingMode[];
  readonly normalize: boolean;
  /** Whether the tokens of a prompt count, that is of what is written before a text. */
  readonly includesPrompt: boolean;
}

/**
 * The modules that a folder names in `modules.json`: a model, how its hidden states become one vector, and whether that has length 1. A
 * folder without that file is a model whose hidden states are averaged.
 * @throws {@link DataError} for a module that is not known here.
 */
export async function readModules(storage: Storage, folder: string): Promise<SentenceModules> {
  const modules = await readJsonList(storage, fileIn(folder, 'modules.json'));
  if (modules === undefined) return { model: folder, pooling: ['mean'], normalize: false, includesPrompt: true };
  let model: string | undefined;
  let pooling: Pick<SentenceModules, 'pooling' | 'includesPrompt'> | undefined;
  let normalize = false;
  for (const { type, path = '' } of modules) {
    if (typeof path !== 'string' || !/^[\w-]{0,100}$/.test(path)) throw notKnown(folder, `the path ${quoted(path)}`);
    const inside = path === '' ? folder : fileIn(folder, path);
    const kind = typeof type === 'string' ? type.split('.').at(-1) : undefined;
    if (kind === 'Transformer' && model === undefined && pooling === undefined) model = inside;
    else if (kind === 'Pooling' && pooling === undefined) pooling = await readPooling(storage, inside);
    else if (kind === 'Normalize' && pooling !== undefined) normalize = true;
    else throw notKnown(folder, `a module of type ${quoted(type)}`);
  }
  if (pooling === undefined) throw notKnown(folder, 'no pooling');
  return { model: model ?? folder, ...pooling, normalize };
}

/** The names of the modes in old files, which have a flag for each. */
const FLAGS: Readonly<Record<string, PoolingMode>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_max_tokens: 'max',
  pooling_mode_mean_sqrt_len_tokens: 'mean_sqrt_len',
  pooling_mode_weightedmean_tokens: 'weightedmean',
  pooling_mode_lasttoken: 'lasttoken',
};

async function readPooling(
  storage: Storage,
  folder: string,
): Promise<Pick<SentenceModules, 'pooling' | 'includesPrompt'>> {
  const json = (await readJson(storage, fileIn(folder, 'config.json'))) ?? {};
  const flags = Object.entries(json).filter(([name, value]) => name.startsWith('pooling_mode_') && value === true);
  const named = [json.pooling_mode ?? []].flat(2);
  const modes = [...flags.map(([name]) => FLAGS[name] ?? name), ...named];
  const unknown = modes.find((mode) => !poolingModes.includes(mode as PoolingMode));
  if (unknown !== undefined || modes.length === 0) throw notKnown(folder, `the pooling ${quoted(unknown ?? json)}`);
  if (new Set(modes).size < modes.length) throw notKnown(folder, 'a pooling twice');
  return { pooling: modes as PoolingMode[], includesPrompt: json.include_prompt !== false };
}

const notKnown = (folder: string, got: string): DataError =>
  new DataError(
    `fromPretrained: this folder of sentence-transformers is not supported. Got ${got} in '${folder}'; expected a Transformer, a Pooling of ` +
      `${poolingModes.join(', ')}, and perhaps Normalize. Load the model with AutoModel and write the rest.`,
    { op: 'fromPretrained', details: { folder } },
  );
