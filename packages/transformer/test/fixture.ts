import { readFileSync } from 'node:fs';
import type { Tensor } from '@gai/core';
import { data, isTensor, tensor } from '@gai/core';
import type { HostTensor } from '@gai/core/backend';
import { concatBytes, readSafetensors, writeSafetensors } from '@gai/core/io';
import { MemoryStorage } from './memory-storage.ts';
import { recipeValues } from './recipe.ts';
import type { Plan } from './recipe.ts';

/** One model of a fixture, and what the reference computes with it. */
export interface Case {
  readonly family: string;
  readonly name: string;
  readonly class: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: Readonly<Record<string, Plan>>;
  readonly inputs: Readonly<Record<string, Nested>>;
  readonly losses?: readonly number[];
  /** Outputs by their names in the reference. */
  readonly outputs: ReadonlyMap<string, HostTensor>;
  /** The libraries that made them, with versions. */
  readonly reference: string;
}

type Nested = readonly (number | Nested)[];

/** The cases of a family. */
export function readCases(family: string): Case[] {
  const bytes = readFileSync(new URL(`fixtures/${family}.safetensors`, import.meta.url));
  const { tensors, metadata } = readSafetensors(bytes);
  const cases = JSON.parse(metadata.get('cases')!) as Omit<Case, 'family' | 'outputs' | 'reference'>[];
  const reference = referenceText(JSON.parse(metadata.get('versions')!) as Readonly<Record<string, string>>);
  return cases.map((one) => {
    const own = [...tensors].filter(([name]) => name.startsWith(`${one.name}/`));
    return {
      ...one,
      family,
      reference,
      outputs: new Map(own.map(([name, value]) => [name.slice(one.name.length + 1), value])),
    };
  });
}

/** `transformers 5.24.0, torch 2.15.0`, of versions by library. */
export function referenceText(versions: Readonly<Record<string, string>>): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version.replace(/\+.*/, '')}`);
  return named.reverse().join(', ');
}

/** Class and sizes of a case, for the table of what was compared. */
export function detailsOf({ class: name, config, inputs }: Case): string {
  const size = (...keys: string[]): unknown => keys.map((key) => config[key]).find((value) => value !== undefined);
  const layers = [
    size('encoder_layers', 'num_hidden_layers', 'n_layer', 'n_layers', 'num_layers'),
    config.num_decoder_layers ?? config.decoder_layers,
  ]
    .filter(Boolean)
    .join(' + ');
  const heads = size('num_attention_heads', 'n_head', 'n_heads', 'num_heads', 'encoder_attention_heads');
  const ids = inputs.input_ids!;
  const batch = `${ids.length} × ${(ids[0] as Nested).length}`;
  return `${name}, layers ${layers}, features ${String(size('hidden_size', 'n_embd', 'd_model', 'dim'))}, heads ${String(heads)}, tokens ${batch}`;
}

/** The configurations of a family's cases as version 4 of the reference writes them. */
export function readConfigs4(family: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return JSON.parse(readFileSync(new URL(`fixtures/configs-4/${family}.json`, import.meta.url), 'utf8')) as never;
}

/** The weights of a case. */
export function weightsOf(one: Case): Map<string, HostTensor> {
  return new Map(
    Object.entries(one.weights).map(([name, plan]) => [
      name,
      { dtype: 'float32', shape: [...plan[0]], data: recipeValues(`${one.family}/${one.name}/${name}`, plan) },
    ]),
  );
}

/** A folder as the reference would have saved it. */
export function folderOf(one: Case, weights = weightsOf(one), config: object = one.config): MemoryStorage {
  const storage = new MemoryStorage();
  storage.write('model/config.json', JSON.stringify(config));
  storage.files.set('model/model.safetensors', concatBytes(writeSafetensors(weights, new Map([['format', 'pt']]))));
  return storage;
}

/** The inputs of a case: token ids, and the others by their names here. */
export function inputsOf({ inputs }: Case): { readonly inputIds: Tensor; readonly options: Record<string, Tensor> } {
  const { input_ids: ids, ...rest } = inputs;
  const toTensor = (value: Nested): Tensor => tensor(value as number[][], { dtype: 'int32' });
  const named = Object.entries(rest).map(([name, value]) => [camel(name), toTensor(value)] as const);
  return { inputIds: toTensor(ids!), options: Object.fromEntries(named) };
}

export const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Largest difference, over the largest number of the reference; rows that `counts` leaves out are not looked at. */
export function relativeDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  counts: (index: number) => boolean = () => true,
): number {
  let worst = 0;
  let largest = 0;
  for (let index = 0; index < expected.length; index += 1) {
    if (!counts(index)) continue;
    const difference = Math.abs(actual[index]! - expected[index]!);
    if (!(difference <= worst)) worst = difference; // NaN too.
    largest = Math.max(largest, Math.abs(expected[index]!));
  }
  return worst / (largest === 0 ? 1 : largest);
}

/** The numbers of a tensor. */
export async function numbersOf(x: unknown): Promise<Float32Array> {
  if (!isTensor(x)) throw new TypeError('not a tensor');
  return (await data(x)) as Float32Array;
}
