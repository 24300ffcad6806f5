import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import { tensor } from '@gai/core';
import { loadCheckpoint, saveCheckpoint } from '@gai/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CPU, replayed, weightsIn } from './replayed.ts';
import { gai } from './support.ts';

let folder = '';
const at = (name: string): string => join(folder, name);

/** An IDX file of bytes: magic, sizes, bytes. */
function idx(sizes: readonly number[], bytes: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(4 + sizes.length * 4));
  head.setUint32(0, (8 << 8) | sizes.length);
  sizes.forEach((size, axis) => head.setUint32(4 + axis * 4, size));
  return Buffer.concat([new Uint8Array(head.buffer), bytes]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-replay-'));
  await mkdir(at('data'));
  const pictures = Uint8Array.from({ length: 80 * 784 }, (_, i) => (i * 7919) % 256);
  for (const part of ['train', 't10k']) {
    await writeFile(at(`data/${part}-images-idx3-ubyte`), idx([80, 28, 28], pictures));
    await writeFile(
      at(`data/${part}-labels-idx1-ubyte`),
      idx(
        [80],
        Uint8Array.from({ length: 80 }, (_, i) => i % 10),
      ),
    );
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('gai replay', { timeout: 240_000 }, () => {
  it('makes steps of a run of digits again, and names the op that overflows', async () => {
    const trained = await gai(
      'train',
      'digits',
      '--data-dir',
      at('data'),
      '--epochs',
      '2',
      '--out',
      at('digits'),
      ...CPU,
    );
    expect(trained.code, trained.stderr).toBe(0);
    const last = await replayed(at('digits'), 4);
    expect(last).toMatchObject({ from: 0, nonFinite: null, error: null, weights: await weightsIn(at('digits')) });
    expect((await replayed(at('digits'), 3)).weights).not.toBe(last.weights);

    // A weight that overflows in the next step.
    const path = at('digits/last.safetensors');
    const { tensors, ...rest } = await loadCheckpoint(path, fileStorage);
    const weight = tensors['model.conv1.weight']!;
    const shape = weight.shape as number[];
    const overflowing = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(3e38);
    const large = { ...tensors, 'model.conv1.weight': tensor(overflowing, { shape }) };
    await saveCheckpoint(path, { ...rest, tensors: large }, fileStorage);
    const record = JSON.parse(await readFile(at('digits/run.json'), 'utf8')) as object;
    await writeFile(at('digits/run.json'), JSON.stringify({ ...record, epochs: 3 }));
    const overflown = await replayed(at('digits'), 5);
    expect(overflown.from).toBe(4);
    expect(overflown.error).toMatch(/^trainStep: the loss 'model' is not finite\. Got (NaN|Infinity) at step 5/);
    expect(overflown.nonFinite!.op).toMatch(/^conv/);
    // The model is the library's, and this program calls it.
    expect(overflown.nonFinite!.line).toMatch(/support\.ts:\d+/);
    const { stdout } = await gai('replay', at('digits'), '--step', '5');
    expect(stdout).toMatch(/^step 5 of .*digits, from the checkpoint of step 4\ntrainStep: .*\nfirst {3}conv/);
  });

  it.each([
    ['no such run', 'nothing', 1, 'there is no such file'],
    ['no record', 'data', 1, 'gai train digits and gai train gpt write it'],
  ])('refuses %s', async (_, run, code, words) => {
    const outcome = await gai('replay', at(run), '--step', '1');
    expect([outcome.code, outcome.stderr]).toEqual([code, expect.stringContaining(words)]);
  });

  it('refuses runs that it does not know, and steps that are none', async () => {
    await writeFile(at('run.json'), '{"agent":"ppo"}');
    const other = await gai('replay', folder, '--step', '1');
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('is not a run of gai train digits')]);
    expect((await gai('replay', folder)).code).toBe(2);
    const gpu = await gai('replay', folder, '--step', '1', '--device', 'gpu');
    expect([gpu.code, gpu.stderr]).toEqual([2, expect.stringContaining('auto, cpu, webgpu')]);
    expect((await gai('replay', folder, '--step', '0')).code).toBe(2);
  });
});
