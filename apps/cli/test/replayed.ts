import { createHash } from 'node:crypto';
import { fileStorage } from '@gai/backend-node';
import { data } from '@gai/core';
import { loadCheckpoint } from '@gai/nn';
import { expect } from 'vitest';
import { gai } from './support.ts';

/** How every run here is computed. */
export const CPU = ['--device', 'cpu', '--threads', '1'];

interface Answer {
  readonly from: number;
  readonly loss: number | null;
  readonly nonFinite: { readonly op: string; readonly line: string | null; readonly count: number } | null;
  readonly error: string | null;
  readonly weights: string;
}

/** `gai replay RUN --step N --json`. */
export async function replayed(run: string, step: number, ...args: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await gai('replay', run, '--step', String(step), '--json', ...args);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Answer;
}

/** What the weights in a checkpoint are, as `gai replay` says it. */
export async function weightsIn(run: string): Promise<string> {
  const { tensors } = await loadCheckpoint(`${run}/last.safetensors`, fileStorage);
  const hash = createHash('sha256');
  const names = Object.keys(tensors).filter((name) => name.startsWith('model.'));
  for (const name of names.toSorted()) {
    const { buffer, byteOffset, byteLength } = await data(tensors[name]!);
    hash.update(name.slice('model.'.length)).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
