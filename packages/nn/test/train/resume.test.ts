import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { data, setDefaultBackend } from '@gai/core';
import { readSafetensors } from '@gai/core/io';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adamW, checkpoint, cosineSchedule, crossEntropy, fit, loadCheckpoint } from '../../src/index.ts';
import type { Callback, Checkpoint, FitContext } from '../../src/index.ts';
import { newNet, points } from './problem.ts';

let folder = '';
beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
  folder = await mkdtemp(join(tmpdir(), 'gai-resume-'));
});
afterAll(() => rm(folder, { recursive: true }));

const EPOCHS = 4; // of 70 rows in batches of 16: 5 steps each, the last one smaller

async function train(callbacks: Callback[], resume?: Checkpoint) {
  const model = newNet();
  const history = await fit(model, {
    train: points(),
    validation: points(30),
    loss: crossEntropy,
    optimizer: adamW({ learningRate: cosineSchedule({ initial: 0.05, steps: 20 }) }),
    epochs: EPOCHS,
    batchSize: 16,
    seed: 3,
    callbacks,
    ...(resume && { resume }),
  });
  const weights: Record<string, number[]> = {};
  for (const [name, value] of Object.entries(model.stateDict())) weights[name] = Array.from(await data(value), Number);
  const logs = history.epochs.map(({ seconds: _, ...rest }) => rest);
  return { weights, logs, steps: history.steps };
}

const stopAfter = (step: number): Callback => ({
  name: 'stop',
  onStepEnd: (context: FitContext) => {
    if (context.step === step) context.stop('cut');
  },
});

describe('resuming', () => {
  it('from any of 20 cut points is bitwise the run that was not interrupted', async () => {
    const whole = await train([]);
    expect(whole.steps).toBe(20);
    for (let cut = 1; cut <= 20; cut++) {
      const out = join(folder, `cut-${cut}`);
      await train([stopAfter(cut), checkpoint(out)]);
      const resumed = await train([], await loadCheckpoint(join(out, 'last.safetensors')));
      expect(resumed, `cut after step ${cut}`).toEqual(whole);
    }
  }, 120_000);

  it('refuses a checkpoint that does not say where the run stood', async () => {
    const out = join(folder, 'strange');
    await train([stopAfter(1), checkpoint(out)]);
    const { progress, ...rest } = await loadCheckpoint(join(out, 'last.safetensors'));
    for (const strange of [{}, null, { ...(progress as object), history: 1 }, { ...(progress as object), sums: {} }]) {
      await expect(train([], { ...rest, progress: strange as never })).rejects.toThrow(
        'fit: the checkpoint does not say',
      );
    }
    const history = [{ loss: 1, ['a\n\u001b[2J'.repeat(1e4)]: '\u202e'.repeat(1e4) }];
    const refusal = train([], { ...rest, progress: { ...(progress as object), history } as never });
    await expect(refusal).rejects.toThrow(/^fit: the checkpoint does not say[^\p{Cc}\u202e]{1,400}$/u);
  });

  it('an interruption leaves a checkpoint of the last finished step', async () => {
    const out = join(folder, 'aborted');
    const controller = new AbortController();
    const abort: Callback = {
      name: 'abort',
      onStepEnd: ({ step }) => {
        if (step === 7) controller.abort();
      },
    };
    const model = newNet();
    const run = fit(model, {
      train: points(),
      loss: crossEntropy,
      optimizer: adamW({ learningRate: cosineSchedule({ initial: 0.05, steps: 20 }) }),
      epochs: EPOCHS,
      batchSize: 16,
      seed: 3,
      callbacks: [abort, checkpoint(out)],
      signal: controller.signal,
    });
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    const saved = await loadCheckpoint(join(out, 'last.safetensors'));
    expect(saved.step).toBe(7);
    expect((await train([], saved)).weights).toEqual((await train([])).weights);
  });
});

describe('a checkpoint file', () => {
  it('has named tensors that any safetensors reader finds', async () => {
    const out = join(folder, 'names');
    await train([stopAfter(2), checkpoint(out)]);
    const path = join(out, 'last.safetensors');
    const { readFile } = await import('node:fs/promises');
    const { tensors, metadata } = readSafetensors(await readFile(path));
    expect([...tensors.keys()]).toEqual(expect.arrayContaining(['model.fc1.weight', 'optimizer.m.model.fc1.weight']));
    expect(metadata.get('format')).toBe('gai-checkpoint');
    expect((await stat(path)).size).toBeLessThan(20_000);
  });

  it.each([
    ['a changed weight', (bytes: Uint8Array) => void (bytes[bytes.length - 1]! ^= 1), 'is damaged'],
    ['a cut end', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 10), 'damaged'],
    ['nothing in it', () => new Uint8Array(0), 'too short'],
    ['another format', () => new TextEncoder().encode('not a checkpoint at all, really'), 'damaged'],
  ])('with %s is refused', async (name, change, message) => {
    const { readFile, writeFile } = await import('node:fs/promises');
    const out = join(folder, 'damaged');
    await train([stopAfter(1), checkpoint(out)]);
    const bytes = new Uint8Array(await readFile(join(out, 'last.safetensors')));
    const path = join(out, `${name.replaceAll(' ', '-')}.safetensors`);
    await writeFile(path, change(bytes) ?? bytes);
    await expect(loadCheckpoint(path)).rejects.toThrow(message);
  });

  it('that is not there is named', async () => {
    await expect(loadCheckpoint(join(folder, 'none.safetensors'))).rejects.toThrow('no such file');
  });
});
