import { Variable, add, compile, jit, matmul, spec, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Session } from '@gai/core/backend';
import { describe, expect, it } from 'vitest';
import { rejection } from './backends.ts';
import { useCountingBackend } from './counted.ts';

const backend = await useCountingBackend();

describe('a compiled program', () => {
  it('says that its weights are old, and takes the new ones over without tracing again', async () => {
    const [w, b] = [new Variable(tensor([[1], [2]]), 'w'), new Variable(tensor(10), 'b')];
    let traced = 0;
    const run = await compile(
      (x: Tensor) => {
        traced += 1;
        return add(matmul(x, w), b);
      },
      { x: spec(['n', 2]) },
    );
    const step = jit(() => {
      w.assign(add(w, 1));
      b.assign(add(b, 1));
    });
    const x = tensor([[1, 1]]);
    expect([run.stale, await toArray(await run(x))]).toEqual([false, [[13]]]);
    await step();
    expect([run.stale, await toArray(await run(x))]).toEqual([true, [[13]]]);
    const [, later] = await Promise.all([run.refresh(), run(x)]);
    expect([run.stale, await toArray(later)]).toEqual([false, [[16]]]);
    w.assign(tensor([[0], [0]]));
    expect(run.stale).toBe(true);
    await run.refresh();
    expect(await toArray(await run(x))).toEqual([[11]]);
    expect(traced).toBe(1);
    await run.dispose();
    expect((await rejection(run.refresh())).message).toMatch(
      /^compile\.refresh: the program compiled from 'a function' was disposed/,
    );
  });

  it('frees the old copy of the weights before the new one is made', async () => {
    const w = new Variable(tensor([1, 2]), 'w');
    let open = 0;
    let most = 0;
    const load = backend.load.bind(backend);
    backend.load = async (...args): Promise<Session> => {
      most = Math.max(most, (open += 1));
      const session = await load(...args);
      const { release } = session;
      session.release = async () => {
        open -= 1;
        await release.call(session);
      };
      return session;
    };
    try {
      const run = await compile((x: Tensor) => add(x, w), { x: spec([2]) });
      for (let round = 0; round < 3; round++) await run.refresh();
      expect([open, most]).toEqual([1, 1]);
      await run.dispose();
      expect(open).toBe(0);
    } finally {
      backend.load = load;
    }
  });

  it('that could not take new weights over tries again at the next run', async () => {
    const w = new Variable(tensor([1, 2]), 'w');
    const run = await compile((x: Tensor) => add(x, w), { x: spec([2]) });
    const load = backend.load.bind(backend);
    backend.load = () => Promise.reject(new Error('no memory'));
    w.assign(tensor([5, 5]));
    expect((await rejection(run.refresh())).message).toBe('no memory');
    backend.load = load;
    expect(await toArray(await run(tensor([1, 1])))).toEqual([6, 6]);
    expect(run.stale).toBe(false);
    await run.dispose();
  });
});
