import { init } from '@gai/nn';
import type { Module } from '@gai/nn';
import type { Storage } from '@gai/core/backend';
import { quoted } from '@gai/core/io';
import type { ActivationName } from '../feed-forward/activation.ts';
import { fillModel } from '../pretrained/fill-model.ts';
import { fileIn, readJson } from '../pretrained/folder.ts';
import type { NameRules } from '../pretrained/names.ts';
import { openWeights } from '../pretrained/weights.ts';
import { SentenceDense, SentenceLayerNorm } from './layers.ts';
import { checkFields, notKnown } from './refuse.ts';

/** The classes of PyTorch that files name as activations. */
const ACTIVATIONS: Readonly<Record<string, ActivationName>> = {
  'torch.nn.modules.linear.Identity': 'linear',
  'torch.nn.modules.activation.Tanh': 'tanh',
  'torch.nn.modules.activation.ReLU': 'relu',
  'torch.nn.modules.activation.ReLU6': 'relu6',
  'torch.nn.modules.activation.GELU': 'gelu',
  'torch.nn.modules.activation.SiLU': 'silu',
  'torch.nn.modules.activation.Mish': 'mish',
  'torch.nn.modules.activation.Sigmoid': 'sigmoid',
};

/** Files of these modules have exactly their tensors. */
const EXACT: NameRules = { base: '', rename: (name) => name, buffers: /$^/, heads: /$^/, optional: [] };

async function filled<Filled extends Module>(storage: Storage, folder: string, make: () => Filled): Promise<Filled> {
  const weights = await openWeights(storage, folder);
  const made = init.withoutInitialValues(make);
  await fillModel(made, weights, { rules: EXACT, newHead: false, std: 0, lazy: false });
  return made;
}

/** A map of vectors, as a folder of sentence-transformers holds it. */
export async function readDense(storage: Storage, folder: string): Promise<SentenceDense> {
  const json = (await readJson(storage, fileIn(folder, 'config.json'))) ?? {};
  checkFields(folder, json, ['in_features', 'out_features', 'bias', 'activation_function', 'use_residual']);
  const {
    activation_function: named = 'torch.nn.modules.activation.Tanh',
    bias = true,
    use_residual: residual = false,
  } = json;
  const activation = typeof named === 'string' && Object.hasOwn(ACTIVATIONS, named) ? ACTIVATIONS[named] : undefined;
  if (activation === undefined) throw notKnown(folder, `the activation_function ${quoted(named)}`);
  if (typeof bias !== 'boolean' || typeof residual !== 'boolean')
    throw notKnown(folder, 'a bias or use_residual that is no flag');
  const [inFeatures, outFeatures] = [sizeIn(folder, json, 'in_features'), sizeIn(folder, json, 'out_features')];
  return filled(storage, folder, () => new SentenceDense({ inFeatures, outFeatures, bias, activation, residual }));
}

/** A norm of vectors. */
export async function readLayerNorm(storage: Storage, folder: string): Promise<SentenceLayerNorm> {
  const json = (await readJson(storage, fileIn(folder, 'config.json'))) ?? {};
  checkFields(folder, json, ['dimension']);
  const dimension = sizeIn(folder, json, 'dimension');
  return filled(storage, folder, () => new SentenceLayerNorm(dimension));
}

function sizeIn(folder: string, json: Readonly<Record<string, unknown>>, name: string): number {
  const value = json[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw notKnown(folder, `${name} ${quoted(value)}`);
}
