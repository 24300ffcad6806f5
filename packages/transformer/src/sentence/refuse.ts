import { DataError } from '@gai/core';
import { quoted } from '@gai/core/io';
import { poolingModes } from './pooling.ts';

/** A part of a folder that may change the vectors and is not known here. */
export const notKnown = (folder: string, got: string): DataError =>
  new DataError(
    `fromPretrained: this folder of sentence-transformers is not supported. Got ${got} in '${folder}'; expected a Transformer, a Pooling of ` +
      `${poolingModes.join(', ')}, and perhaps Dense, LayerNorm, Dropout and Normalize. Load the model with AutoModel and write the rest.`,
    { op: 'fromPretrained', details: { folder } },
  );

/** Names of the vector, which a module may say that it reads and writes. */
const VECTOR: Readonly<Record<string, string>> = {
  module_input_name: 'sentence_embedding',
  module_output_name: 'sentence_embedding',
};

/** Refuses fields of a module that are neither known nor empty. */
export function checkFields(folder: string, json: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  for (const [name, value] of Object.entries(json)) {
    if (known.includes(name) || value === null || VECTOR[name] === value || isEmpty(value)) continue;
    throw notKnown(folder, `${name} ${quoted(value)}`);
  }
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
