import {
  Variable,
  add,
  debugPrint,
  explain,
  isVariable,
  item,
  jit,
  mul,
  setDefaultBackend,
  sub,
  sum,
  tensor,
  toArray,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import { WAYS, rejection } from './backends.ts';
import { useCountingBackend } from './counted.ts';
import { countingBackend } from './counting.ts';

const backend = await useCountingBackend();

/** A counter and a function that adds to it. */
function counting(): { count: Variable; step: ReturnType<typeof makeStep> } {
  const count = new Variable(tensor(0), 'count');
  return { count, step: makeStep(count) };
}

const makeStep = (count: Variable) =>
  jit(function step(by: Tensor) {
    count.assign(add(count, by));
    return count;
  });

describe('assignments in a compiled function', () => {
  it('are seen inside at once, and outside when the run has succeeded', async () => {
    const w = new Variable(tensor([1, 2]), 'w');
    const step = jit((x: Tensor) => {
      const before = sum(w);
      w.assign(add(w, x));
      w.assign(mul(w, 10));
      return { before, after: sum(w), w };
    });
    const { before, after, w: returned } = await step(tensor(1));
    expect([await item(before), await item(after)]).toEqual([3, 50]);
    expect(await toArray(w)).toEqual([20, 30]);
    expect(isVariable(returned)).toBe(false);
    expect(await toArray(returned)).toEqual([20, 30]);
    await step(tensor(0));
    expect(await toArray(w)).toEqual([200, 300]);
    expect(await toArray(returned)).toEqual([20, 30]);
    expect([explain(step).compiles, backend.loads]).toEqual([1, 1]);
  });

  it('are one run with everything else', async () => {
    const { step } = counting();
    await step(tensor(1));
    backend.reset();
    await step(tensor(1));
    expect(backend.runs).toBe(1);
  });

  it('are not committed when the function or its run fails', async () => {
    const { count } = counting();
    const failing = jit((x: Tensor) => {
      count.assign(add(count, x));
      throw new RangeError('mine');
    });
    await rejection(failing(tensor(1)));
    expect(await item(count)).toBe(0);
  });

  it('may swap two variables, or give two the same value', async () => {
    const [a, b] = [new Variable(tensor(1), 'a'), new Variable(tensor(2), 'b')];
    const swap = jit(() => {
      const before = a.value;
      a.assign(b);
      b.assign(before);
    });
    await swap();
    expect([await item(a), await item(b)]).toEqual([2, 1]);
    await swap();
    expect([await item(a), await item(b)]).toEqual([1, 2]);
    const both = jit((x: Tensor) => {
      a.assign(x);
      b.assign(x);
    });
    await both(tensor(7));
    await both(tensor(8));
    expect([await item(a), await item(b)]).toEqual([8, 8]);
  });

  it('refuse a value of another type', async () => {
    const { count } = counting();
    const grow = jit(() => count.assign(tensor([1, 2])));
    expect((await rejection(grow())).message).toContain("the new value of 'count' does not fit");
    expect(await item(count)).toBe(0);
  });
});

describe('variables outside compiled functions', () => {
  it('are shared between functions, and assigned lazily', async () => {
    const { count, step } = counting();
    const read = jit(() => mul(count, 2));
    await step(tensor(3));
    count.assign(sub(count, 1));
    expect(await item(await read())).toBe(4);
    await step(tensor(1));
    expect(await item(count)).toBe(3);
    expect([explain(step).compiles, explain(read).compiles]).toEqual([1, 1]);
  });

  it('keep what was read from them', async () => {
    const { count, step } = counting();
    await step(tensor(1));
    const held = count.value;
    const lazy = mul(count, 10);
    for (let more = 0; more < 3; more++) await step(tensor(1));
    expect([await item(held), await item(lazy), await item(count)]).toEqual([1, 10, 4]);
  });
});

describe('calls that are not awaited', () => {
  it('see what the calls before them have assigned', async () => {
    const { count, step } = counting();
    const results = await Promise.all([1, 2, 3, 4].map((by) => step(tensor(by))));
    expect(await Promise.all(results.map(item))).toEqual([1, 3, 6, 10]);
    expect(await item(count)).toBe(10);
  });

  it('exclude each other across functions that assign the same variable', async () => {
    const { count, step } = counting();
    const double = jit(() => {
      count.assign(mul(count, 2));
    });
    await Promise.all([step(tensor(1)), double(), step(tensor(5)), double(), double()]);
    expect(await item(count)).toBe(28);
  });

  it('go on after one of them fails', async () => {
    const { count, step } = counting();
    const [first, bad, last] = await Promise.allSettled([
      step(tensor(1)),
      step(tensor([1, 2]) as Tensor),
      step(tensor(2)),
    ]);
    expect([first.status, bad.status, last.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await item(count)).toBe(3);
  });

  it('that only read see a value as it was committed, whole', async () => {
    const [a, b] = [new Variable(tensor(0), 'a'), new Variable(tensor(0), 'b')];
    const step = jit(() => {
      a.assign(add(a, 1));
      b.assign(add(b, 1));
    });
    const difference = jit(() => sub(a, b));
    const reads: Promise<Tensor>[] = [];
    for (let call = 0; call < 20; call++) {
      void step();
      reads.push(difference());
    }
    for (const read of reads) expect(await item(await read)).toBe(0);
  });

  it('see an assignment from outside that is made before they begin', async () => {
    const { count, step } = counting();
    const running = step(tensor(1));
    count.assign(tensor(100));
    expect(await item(await running)).toBe(101);
    expect(await item(count)).toBe(101);
  });

  it('fail rather than overwrite an assignment from outside that is made while they run', async () => {
    const count = new Variable(tensor(0), 'count');
    const step = jit((by: Tensor) => {
      // What is printed is known when the run is over and nothing is committed yet.
      count.assign(debugPrint(add(count, by), 'next', { print: () => count.assign(tensor(100)) }));
    });
    expect((await rejection(step(tensor(1)))).message).toContain("the new value of 'count'");
    expect(await item(count)).toBe(100);
  });
});

describe('jit.run', () => {
  it('leaves it to the caller to commit', async () => {
    const { count, step } = counting();
    const { result, commit } = await step.run([tensor(1)]);
    expect([await item(result), await item(count)]).toEqual([1, 0]);
    commit();
    expect(await item(count)).toBe(1);
  });

  it('refuses to commit over a value that the run has not seen', async () => {
    const { count, step } = counting();
    const first = await step.run([tensor(1)]);
    const second = await step.run([tensor(5)]);
    first.commit();
    expect(() => second.commit()).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: jit: 'step' computed the new value of 'count' from a value that has been replaced since. Got another update between the run and its commit; expected none. Await each call, and commit it, before the next.]`,
    );
    expect(await item(count)).toBe(1);
    const third = await step.run([tensor(1)]);
    count.assign(tensor(100));
    expect(() => third.commit()).toThrow("the new value of 'count'");
    expect(await item(count)).toBe(100);
  });

  it('does not mind updates of what the run only overwrites', async () => {
    const last = new Variable(tensor(0), 'last');
    const write = jit((x: Tensor) => last.assign(x));
    const [first, second] = [await write.run([tensor(1)]), await write.run([tensor(2)])];
    first.commit();
    second.commit();
    expect(await item(last)).toBe(2);
  });

  it('holds nobody up when it is never committed', async () => {
    const { count, step } = counting();
    await step.run([tensor(1)]);
    await step(tensor(2));
    expect(await item(count)).toBe(2);
  });
});

describe.each(WAYS)('state %s', (_, worker) => {
  it('stays where the backend computes, and old values are freed as they are replaced', async () => {
    const own = await countingBackend({ worker });
    setDefaultBackend(own);
    try {
      const w = new Variable(tensor(new Float32Array(1000)), 'w');
      const step = jit((x: Tensor) => {
        w.assign(add(w, x));
        return sum(w);
      });
      const held: Tensor[] = [];
      for (let call = 0; call < 50; call++) {
        await step(tensor(1));
        held.push(w.committed);
      }
      const disposed = held.map(({ leaf }) => leaf?.kind === 'device' && leaf.buffer.disposed);
      expect(disposed).toEqual([...Array.from({ length: 49 }, () => true), false]);
      expect(await item(await step(tensor(1)))).toBe(51_000);
    } finally {
      setDefaultBackend(backend);
      await own.dispose();
    }
  });

  it('is right under a storm of calls', async () => {
    const own = await nodeBackend({ device: 'cpu', threads: 1, worker });
    setDefaultBackend(own);
    try {
      const { count, step } = counting();
      const peek = jit(() => add(count, 0));
      const peeks: Promise<Tensor>[] = [];
      const steps = Array.from({ length: 200 }, () => {
        const running = step(tensor(1));
        peeks.push(peek());
        return running;
      });
      await Promise.all(steps);
      const seen = await Promise.all((await Promise.all(peeks)).map(item));
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(await item(count)).toBe(200);
    } finally {
      setDefaultBackend(backend);
      await own.dispose();
    }
  });
});
