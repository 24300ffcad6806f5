import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { data } from '@gai/core';
import type { Tensor } from '@gai/core';
import { tryModel } from '../src/node.ts';
import type { CachedModel } from '../src/node.ts';

const fixture = new URL('fixtures/hashes.json', import.meta.url);

/** The first digits of the checksum of each tensor, as torch and gguf read it. */
export const hashes = JSON.parse(readFileSync(fixture, 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, string>>>
>;

/** The same of tensors that were read here. */
export async function hashTensors(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    const { buffer, byteOffset, byteLength } = await data(tensor);
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    found[name] = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    tensor[Symbol.dispose]();
  }
  return found;
}

/** A file of a model, in memory. */
export const readModelFile = (model: CachedModel, path: string): Uint8Array =>
  new Uint8Array(readFileSync(join(model.folder, path)));

/** A model with the function that declares its test: one that is left out where the model cannot be had. */
export async function withModel(name: string): Promise<{ readonly model: CachedModel; readonly skip: boolean }> {
  const model = await tryModel(name);
  return { model: model!, skip: model === undefined };
}
