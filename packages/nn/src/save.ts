import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { loadSafetensors, saveSafetensors } from '@gai/core/io';
import type { Storage } from '@gai/core/backend';
import type { Module } from './module.ts';
import { checkModel } from './modules/check-model.ts';
import type { LoadReport, LoadStateOptions } from './modules/state-dict.ts';
import { defaultStorage } from './train/checkpoint-file.ts';

/**
 * Writes a module's parameters and buffers as a safetensors file, under their PyTorch names.
 * @param path - The file; written to a temporary name, flushed, then renamed.
 * @throws {@link ArgumentError} if the module has neither parameters nor buffers.
 * @example
 * await save(new Linear({ inFeatures: 2, outFeatures: 1 }), 'linear.safetensors');
 * @category Files
 */
export async function save(model: Module, path: string, storage?: Storage): Promise<void> {
  checkModel('save', model);
  const state = model.stateDict();
  if (Object.keys(state).length === 0) throw nothingToSave(model, path);
  await saveSafetensors(storage ?? defaultStorage('save'), path, state, new Map([['format', 'pt']]));
}

/** Options of {@link load}. */
export interface LoadOptions extends LoadStateOptions {
  /** Where the file is. Default: the storage of the default backend. */
  readonly storage?: Storage | undefined;
}

/**
 * Loads a safetensors file into a module.
 * @param options.strict - Throw if a name is missing or unexpected. Default true.
 * @param options.dtype - What floats of another dtype than the module's do: `cast`, `keep` or `refuse`. Default `cast`.
 * @param options.rename - From names in the file to names in the module. Default: they are the same.
 * @throws {@link DataError} if the file is missing or damaged, or does not fit the module.
 * @category Files
 */
export async function load(model: Module, path: string, options: LoadOptions = {}): Promise<LoadReport> {
  checkOptionNames('load', options, ['storage', 'strict', 'dtype', 'rename']);
  checkModel('load', model);
  const { storage, ...how } = options;
  const { tensors } = await loadSafetensors(storage ?? defaultStorage('load'), path);
  return model.loadStateDict(tensors, how);
}

const nothingToSave = (model: Module, path: string): ArgumentError =>
  new ArgumentError(
    `save: there is nothing to save in '${path}'. Got a ${model.constructor.name} without parameters and buffers; expected at ` +
      `least one. Parts in #private fields are not found: make them public fields, or name them in an override of children().`,
    { op: 'save', details: { path } },
  );
