import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { item, jit, mul, setDefaultBackend, square, sub, sum, tensor, valueAndGrad } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { HostTensor } from '@gai/core/backend';
import type { NodeBackend } from '../src/index.ts';
import { floats, open, rejection } from './backends.ts';
import { chain, stepping } from './models.ts';
import { start } from './programs/run.ts';

const SIDE = 512;
const XY = { inputs: ['x'], outputs: ['y'] };

/** A square matrix of numbers that look random, whose products stay finite. */
function matrix(side: number): HostTensor {
  const data = Float32Array.from({ length: side * side }, (_, index) => Math.sin(index * 12.9898) / side);
  return { dtype: 'float32', shape: [side, side], data };
}

/** Counts turns of the event loop until the promise settles. */
async function turnsDuring(promise: Promise<unknown>): Promise<number> {
  let turns = 0;
  let done = false;
  void promise.finally(() => (done = true));
  while (!done) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    turns++;
  }
  return turns;
}

describe('worker mode', { timeout: 60_000 }, () => {
  let here: NodeBackend;
  let worker: NodeBackend;
  beforeAll(async () => {
    [here, worker] = await Promise.all([open(false), open(true)]);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([here.dispose(), worker.dispose()]);
  });

  it('computes bit for bit what this thread computes', async () => {
    const model = chain(4, 96);
    const x = matrix(96);
    const results = await Promise.all(
      [here, worker].map(async (backend) => {
        const session = await backend.load(model, XY);
        const [y] = await session.run([backend.upload(x)]);
        return y!.read();
      }),
    );
    expect(results[1]).toEqual(results[0]);
    expect(new Set(Array.from(results[0] ?? [], Number)).size).toBeGreaterThan(1000);
  });

  it('trains as this thread does', async () => {
    const losses: number[][] = [];
    for (const backend of [here, worker]) {
      setDefaultBackend(backend);
      const step = jit((w: Tensor) => {
        const [loss, slope] = valueAndGrad((v: Tensor) => sum(square(sub(v, 3))))(w);
        return { loss, next: sub(w, mul(slope, 0.1)) };
      });
      let w = tensor([0, 1, 2]);
      const seen: number[] = [];
      for (let done = 0; done < 20; done++) {
        const { loss, next } = await step(w);
        seen.push(await item(loss));
        w = next;
      }
      losses.push(seen);
    }
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[0]!.at(-1)).toBeLessThan(0.01 * losses[0]![0]!);
  });

  it('leaves the event loop free during a long run, which this thread does not', async () => {
    const model = chain(30, SIDE);
    const x = matrix(SIDE);
    const blocked = await here.load(model, XY);
    const free = await worker.load(model, XY);
    const turns = { blocked: await turnsDuring(blocked.run([x])), free: await turnsDuring(free.run([x])) };
    expect(turns.blocked).toBeLessThan(5);
    expect(turns.free).toBeGreaterThan(20);
  });

  it('leaves the data of the caller alone', async () => {
    const session = await worker.load(stepping(), { inputs: ['state', 'change'], outputs: ['next', 'total'] });
    const x = floats(1, 2, 3);
    const buffer = worker.upload(x);
    await session.run([x, buffer]);
    x.data[0] = 100;
    expect([...(await buffer.read())]).toEqual([1, 2, 3]);
    expect([...x.data]).toEqual([100, 2, 3]);
    const copy = await buffer.read();
    copy[0] = 50;
    expect([...(await buffer.read())]).toEqual([1, 2, 3]);
  });

  it('keeps two workers apart', async () => {
    const second = await open(true);
    const session = await worker.load(chain(1, 2), XY);
    const error = await rejection(session.run([second.upload(matrix(2))]));
    expect(error.message).toContain('run: the buffer belongs to another backend.');
    await second.dispose();
    expect((await session.run([matrix(2)])).length).toBe(1);
  });

  it('refuses a device that does not work, as this thread does', async () => {
    const { nodeBackend } = await import('../src/index.ts');
    const errors = await Promise.all(
      [false, true].map((worker) => rejection(nodeBackend({ device: 'nope' as 'cpu', worker }))),
    );
    expect(errors[1]!.message).toBe(errors[0]!.message);
    expect(errors.map(({ name }) => name)).toEqual(['BackendError', 'BackendError']);
  });

  it('does not keep a finished program alive', async () => {
    const program = await start('forget-worker.ts');
    const code = await new Promise((resolve) => program.on('close', resolve));
    expect(code).toBe(0);
  });
});
