import { readFile, stat } from 'node:fs/promises';
import { DataError, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { HostTensor } from '@gai/core/backend';
import { readSafetensors } from '@gai/core/io';
import { camelCase } from './names.ts';

/** What a model is run on. */
export interface ModelInputs {
  readonly inputIds: Tensor;
  /** By their names in JavaScript: `attentionMask`. */
  readonly others: Readonly<Record<string, Tensor>>;
}

/** The inputs there are: those whose shape they have, and the numbers that they may hold. */
const INPUTS: Readonly<Record<string, { readonly like: string; readonly holds: 'tokens' | 'mask' | 'numbers' }>> = {
  input_ids: { like: 'input_ids', holds: 'tokens' },
  attention_mask: { like: 'input_ids', holds: 'mask' },
  token_type_ids: { like: 'input_ids', holds: 'numbers' },
  position_ids: { like: 'input_ids', holds: 'numbers' },
  decoder_input_ids: { like: 'decoder_input_ids', holds: 'tokens' },
  decoder_attention_mask: { like: 'decoder_input_ids', holds: 'mask' },
};
const INTEGERS: readonly string[] = ['int64', 'int32', 'uint32', 'int8', 'uint8', 'bool'];

/** Reads and checks the inputs in a file; a number that would be taken for another is refused. */
export async function readModelInputs(path: string, config: object): Promise<ModelInputs> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw refuse('there is no file of inputs', `'${path}'`, 'a safetensors file');
  const { tensors } = readSafetensors(await readFile(path));
  if (!tensors.has('input_ids')) {
    throw refuse('there are no tokens', [...tensors.keys()].join(', ') || 'an empty file', 'a tensor input_ids');
  }
  const ready = Object.fromEntries(
    [...tensors].map(([name, host]) => [camelCase(name), checked(name, host, tensors, config)]),
  );
  const { inputIds, ...others } = ready;
  return { inputIds: inputIds!, others };
}

// oxlint-disable-next-line max-params -- one tensor and what it is compared with.
function checked(name: string, host: HostTensor, all: ReadonlyMap<string, HostTensor>, config: object): Tensor {
  const known = Object.hasOwn(INPUTS, name) ? INPUTS[name] : undefined;
  if (known === undefined) throw refuse('an input is not known', name, `only ${Object.keys(INPUTS).join(', ')}`);
  const { dtype, shape, data } = host;
  if (!INTEGERS.includes(dtype)) throw refuse('an input has no integers', `${name} ${dtype}`, 'int64 or int32');
  const like = all.get(known.like);
  if (like === undefined) throw refuse('an input is missing', `${name} without ${known.like}`, 'both');
  const expected = like.shape.length === 2 ? `[${like.shape.join(',')}]` : '[batch,time]';
  const isRow = name === 'position_ids' && shape.length === 1 && shape[0] === like.shape[1];
  if (`[${shape.join(',')}]` !== expected && !isRow) {
    throw refuse('an input has another shape', `${name} [${shape.join(',')}]`, expected);
  }
  if (shape.includes(0)) throw refuse('an input is empty', `${name} [${shape.join(',')}]`, 'one token or more');
  const below = limitOf(known.holds, config);
  const values = Int32Array.from(data as ArrayLike<number | bigint>, (value) => {
    if (Number(value) >= 0 && Number(value) < below) return Number(value);
    throw refuse('a number does not fit', `${value} in ${name}`, `0 to ${below - 1}`);
  });
  return tensor(values, { shape: [...shape] });
}

function limitOf(holds: 'tokens' | 'mask' | 'numbers', config: object): number {
  if (holds === 'mask') return 2;
  const { vocabSize } = config as { readonly vocabSize?: number };
  return holds === 'tokens' && vocabSize !== undefined ? vocabSize : 2 ** 31;
}

// oxlint-disable-next-line max-params -- one sentence.
function refuse(what: string, got: string, expected: string): DataError {
  return new DataError(`eval logits: ${what}. Got ${got}; expected ${expected}. Correct the file of --inputs.`, {
    op: 'eval logits',
    details: { got },
  });
}
