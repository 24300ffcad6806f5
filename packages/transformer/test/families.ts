import type { Tensor } from '@gai/core';
import { jit, tensor } from '@gai/core';
import { inspectForward } from '../src/index.ts';
import * as library from '../src/index.ts';
import type { PretrainedModel } from '../src/index.ts';
import { camel, folderOf, inputsOf, numbersOf, relativeDifference } from './fixture.ts';
import type { Case } from './fixture.ts';
import type { MemoryStorage } from './memory-storage.ts';

/** The spread of float32 sums that two libraries may have, over the largest number. */
export const TOLERANCE = 3e-5;

/** The families of fixtures. */
export const FAMILIES = [
  'bert',
  'roberta',
  'distilbert',
  'electra',
  'albert',
  'gpt2',
  'llama',
  'mistral',
  'qwen2',
  'qwen3',
  'gemma',
  'smollm3',
  't5',
  'bart',
  'marian',
  'pegasus',
] as const;

/** All families are tried: GAI_FULL=1. Else what takes long looks at the first four, whose code the others have. */
export const isFull = process.env['GAI_FULL'] === '1';

/** The families that what takes long looks at in an ordinary run. */
export const FIRST: readonly string[] = ['bert', 'gpt2', 'llama', 't5'];

/** Those whose tokens look back only. */
export const DECODERS: readonly string[] = ['gpt2', 'llama', 'mistral', 'qwen2', 'qwen3', 'gemma', 'smollm3'];

/** What a class of the reference is called here, where one class computes several kinds of models. */
const classHere = (name: string): string =>
  name
    .replace(/^(XLMRoberta|Camembert)/, 'Roberta')
    .replace(/^(Mistral|Qwen[23]|Gemma|SmolLM3)/, 'Llama')
    .replace(/^MarianMTModel$/, 'BartForConditionalGeneration')
    .replace(/^(Marian|Pegasus)/, 'Bart');

/** A model of this package that takes token ids. */
export interface AnyModel extends PretrainedModel {
  forward(inputIds: Tensor, options?: Record<string, Tensor>): unknown;
}

interface AnyClass {
  fromPretrained(folder: string, options: object): Promise<AnyModel>;
}

/** The model of a case, read from a folder. */
export function loadCase(one: Case, storage: MemoryStorage = folderOf(one), options: object = {}): Promise<AnyModel> {
  const Class = (library as unknown as Readonly<Record<string, AnyClass>>)[classHere(one.class)]!;
  return Class.fromPretrained('model', { storage, ...options });
}

/** Everything a model computes, under the reference's names. */
export function runner(
  model: AnyModel,
): (ids: Tensor, options: Record<string, Tensor>) => Promise<Record<string, Tensor>> {
  return jit((ids: Tensor, options: Record<string, Tensor>) => {
    const { output, stacks } = inspectForward(model, () => model.forward(ids, options));
    const found: Record<string, Tensor> = {};
    if ('shape' in (output as object)) found.logits = output as Tensor;
    else Object.assign(found, output);
    const paths = Object.keys(stacks);
    const encoder = paths.find((path) => path.endsWith('encoder'));
    if (encoder !== undefined && paths.length > 1) found.encoderLastHiddenState = stacks[encoder]!.hiddenStates.at(-1)!;
    for (const [path, { hiddenStates, layers }] of Object.entries(stacks)) {
      const prefix = paths.length < 2 ? '' : path.endsWith('encoder') ? 'encoder' : 'decoder';
      const named = (name: string): string => camel(prefix === '' ? name : `${prefix}_${name}`);
      for (const [index, state] of hiddenStates.entries()) found[`${named('hidden_states')}.${index}`] = state;
      for (const [index, { attention, crossAttention }] of layers.entries()) {
        found[`${named('attentions')}.${index}`] = attention!.weights;
        found[`${named('scores')}.${index}`] = attention!.scores;
        if (crossAttention === undefined) continue;
        found[`crossAttentions.${index}`] = crossAttention.weights;
        found[`crossScores.${index}`] = crossAttention.scores;
      }
    }
    return found;
  }) as never;
}

/** The largest relative difference of any output of a case, and which output that is. */
export async function worstOf(
  one: Case,
  run: (ids: Tensor, options: Record<string, Tensor>) => Promise<Record<string, Tensor>>,
): Promise<{ readonly worst: number; readonly name: string; readonly compared: number }> {
  const { inputIds, options } = inputsOf(one);
  const found = await run(inputIds, options);
  let worst = 0;
  let at = '';
  let compared = 0;
  for (const [name, expected] of one.outputs) {
    if (name.includes('/')) continue; // Of the training.
    const [head, ...rest] = name.split('.');
    const actual = found[[camel(head!), ...rest].join('.')];
    if (actual === undefined)
      throw new Error(`${one.name}: nothing for ${name} among ${Object.keys(found).join(', ')}`);
    const difference = relativeDifference(
      await numbersOf(actual),
      expected.data as Float32Array,
      seesAnything(one, name, expected.shape),
    );
    compared += 1;
    if (!(difference <= worst)) [worst, at] = [difference, name];
  }
  return { worst, name: at, compared };
}

/**
 * Tokens of a decoder with only padding before them attend to nothing: the reference then takes all keys alike, or none of them, as its
 * kernels have it. Nobody attends to such a token either.
 */
function seesAnything(one: Case, name: string, shape: readonly number[]): (index: number) => boolean {
  const isDecoder = DECODERS.includes(one.family);
  const window = (one.config.sliding_window as number | null | undefined) ?? Infinity;
  const mask = one.inputs.attention_mask as readonly (readonly number[])[] | undefined;
  const isPerToken = (shape.length >= 3 || /^(start|end)_logits/.test(name)) && shape[0] === mask?.length;
  if (!isDecoder || mask === undefined || !isPerToken) return () => true;
  const time = mask[0]!.length;
  const axis = name.startsWith('attentions') ? 2 : 1;
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const perRow = shape.slice(1).reduce((product, size) => product * size, 1);
  return (index) => {
    const row = Math.floor(index / perRow);
    const token = Math.floor(index / inner) % time;
    return mask[row]!.slice(Math.max(0, token + 1 - window), token + 1).includes(1);
  };
}

/** A model with a tensor of zeros in place of one of its own; the result puts it back. */
export function zeroed(model: AnyModel, name: string): () => void {
  const parameter = model.namedParameters().get(name)!;
  const before = parameter.value;
  const shape = parameter.shape as number[];
  parameter.assign(tensor(new Float32Array(shape.reduce((product, size) => product * size, 1)), { shape }));
  return () => parameter.assign(before);
}
