import type { Storage } from '@gai/core/backend';
import { quoted } from '@gai/core/io';
import { fileIn, readJson, readJsonList } from '../pretrained/folder.ts';
import { SentenceNormalize } from './layers.ts';
import type { SentenceLayer } from './layers.ts';
import { poolingModes } from './pooling.ts';
import type { PoolingMode } from './pooling.ts';
import { readDense, readLayerNorm } from './read-layers.ts';
import { checkFields, notKnown } from './refuse.ts';

/** What a folder of sentence-transformers consists of. */
export interface SentenceModules {
  /** The folder of the model itself, with its tokenizer. */
  readonly model: string;
  readonly pooling: readonly PoolingMode[];
  /** Whether the tokens of a prompt have a part in the vector. */
  readonly includesPrompt: boolean;
  /** What the vectors go through afterwards. */
  readonly layers: readonly SentenceLayer[];
}

/** A module in a list of them. */
interface Listed {
  readonly kind: string | undefined;
  readonly type: unknown;
  /** Its folder. */
  readonly inside: string;
}

/** A folder without a list: a model whose hidden states are averaged. */
const plain = (model: string): SentenceModules => ({ model, pooling: ['mean'], includesPrompt: true, layers: [] });

async function listed(storage: Storage, folder: string): Promise<Listed[] | undefined> {
  const modules = await readJsonList(storage, fileIn(folder, 'modules.json'));
  return modules?.map(({ type, path = '' }) => {
    if (typeof path !== 'string' || !/^[\w-]{0,100}$/.test(path)) throw notKnown(folder, `the path ${quoted(path)}`);
    return {
      kind: typeof type === 'string' ? type.split('.').at(-1) : undefined,
      type,
      inside: path === '' ? folder : fileIn(folder, path),
    };
  });
}

/** The folder of the model, with its tokenizer, whatever comes after it. */
export async function modelFolder(storage: Storage, folder: string): Promise<string> {
  return (await listed(storage, folder))?.find(({ kind }) => kind === 'Transformer')?.inside ?? folder;
}

/**
 * The modules that a folder names in `modules.json`: a model, how its hidden states become one vector, and what that goes through. A
 * folder without that file is a model whose hidden states are averaged.
 * @throws {@link DataError} for a module that is not known here.
 */
export async function readModules(storage: Storage, folder: string): Promise<SentenceModules> {
  const modules = await listed(storage, folder);
  if (modules === undefined) return plain(folder);
  let model: string | undefined;
  let pooling: Pick<SentenceModules, 'pooling' | 'includesPrompt'> | undefined;
  const layers: SentenceLayer[] = [];
  for (const { kind, type, inside } of modules) {
    if (kind === 'Transformer' && model === undefined && pooling === undefined) model = inside;
    else if (kind === 'Pooling' && pooling === undefined) pooling = await readPooling(storage, inside);
    else if (pooling !== undefined) layers.push(...(await readLayer(storage, inside, { kind, type })));
    else throw notKnown(folder, `a module of type ${quoted(type)} before the pooling`);
  }
  if (pooling === undefined) throw notKnown(folder, 'no pooling');
  return { model: model ?? folder, ...pooling, layers };
}

/** A module behind the pooling. */
async function readLayer(
  storage: Storage,
  folder: string,
  { kind, type }: Pick<Listed, 'kind' | 'type'>,
): Promise<SentenceLayer[]> {
  if (kind === 'Dense') return [await readDense(storage, folder)];
  if (kind === 'LayerNorm') return [await readLayerNorm(storage, folder)];
  if (kind === 'Dropout') return []; // Nothing is dropped but in training.
  if (kind !== 'Normalize') throw notKnown(folder, `a module of type ${quoted(type)}`);
  checkFields(folder, (await readJson(storage, fileIn(folder, 'config.json'))) ?? {}, []);
  return [new SentenceNormalize()];
}

/** The names of the modes in old files, which have a flag for each. */
const FLAGS: Readonly<Record<PoolingMode, string>> = {
  cls: 'pooling_mode_cls_token',
  max: 'pooling_mode_max_tokens',
  mean: 'pooling_mode_mean_tokens',
  mean_sqrt_len: 'pooling_mode_mean_sqrt_len_tokens',
  weightedmean: 'pooling_mode_weightedmean_tokens',
  lasttoken: 'pooling_mode_lasttoken',
};

async function readPooling(
  storage: Storage,
  folder: string,
): Promise<Pick<SentenceModules, 'pooling' | 'includesPrompt'>> {
  const json = (await readJson(storage, fileIn(folder, 'config.json'))) ?? {};
  const known = ['word_embedding_dimension', 'embedding_dimension', 'pooling_mode', 'include_prompt'];
  checkFields(folder, json, [...known, ...Object.values(FLAGS)]);
  const flagged = poolingModes.filter((mode) => json[FLAGS[mode]] === true);
  const named = [json.pooling_mode ?? (flagged.length > 0 ? flagged : 'mean')].flat(2);
  const pooling = named.map((mode) => (mode === 'mean_sqrt_len_tokens' ? 'mean_sqrt_len' : mode) as PoolingMode);
  const unknown = pooling.find((mode) => !poolingModes.includes(mode));
  if (unknown !== undefined || pooling.length === 0) throw notKnown(folder, `the pooling ${quoted(named)}`);
  if (new Set(pooling).size < pooling.length) throw notKnown(folder, 'a pooling twice');
  if (![true, false, undefined].includes(json.include_prompt as boolean | undefined)) {
    throw notKnown(folder, `include_prompt ${quoted(json.include_prompt)}`);
  }
  return { pooling, includesPrompt: json.include_prompt !== false };
}
