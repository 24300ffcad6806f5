import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { data } from '@gai/core';
import type { Tensor } from '@gai/core';

/** A file of the folder `fixtures`. */
export const fixture = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));

/** What the reference library reads in a file. */
export interface Expected {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}

/** By file and name. */
export const expected = JSON.parse(new TextDecoder().decode(fixture('expected.json'))) as Readonly<
  Record<string, Readonly<Record<string, Expected>>>
>;

/** A tensor in the same words. */
export async function describeTensor(tensor: Tensor): Promise<Expected> {
  const { buffer, byteOffset, byteLength } = await data(tensor);
  const sha256 = createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
  return { dtype: tensor.dtype, shape: tensor.shape.map(Number), sha256 };
}

/** Every tensor in the same words. */
export async function describeAll(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, Expected>> {
  const all: Record<string, Expected> = {};
  for (const [name, tensor] of Object.entries(tensors)) all[name] = await describeTensor(tensor);
  return all;
}

/** Whole numbers of 32 bits that look random, from a seed. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a checkpoint of the old format begins with: magic number, version, an empty description of the machine; then the object. */
export const LEGACY_HEAD = [
  [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e],
  [0x80, 2, 0x4d, 0xe9, 0x03, 0x2e],
  [0x80, 2, 0x7d, 0x2e],
  [0x80, 2],
].flat();
