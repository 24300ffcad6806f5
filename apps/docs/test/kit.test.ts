import { describe, expect, it, vi } from 'vitest';
import { debounced } from '../.vitepress/kit/debounced.ts';
import { formatNumber, heatCells, largest, moveInGrid } from '../.vitepress/kit/heat-map.ts';
import { BlobStorage } from '../.vitepress/kit/blob-storage.ts';
import { latest, lineOf } from '../.vitepress/kit/latest.ts';
import { roundTicks, smoothed, thinned } from '../.vitepress/kit/plot.ts';
import { serveCalls, workerCalls } from '../.vitepress/kit/worker-calls.ts';
import type { Port } from '../.vitepress/kit/worker-calls.ts';

describe('heat map', () => {
  it('writes numbers for people', () => {
    expect([1.005, -0.001, -2.5, -Infinity, 0].map((value) => formatNumber(value))).toEqual([
      '1.00',
      '0.00',
      '−2.50',
      '−∞',
      '0.00',
    ]);
  });

  it('colours by size and sign, and what is blocked not at all', () => {
    const values = [[2, -4, 0, -Infinity]];
    expect(largest(values)).toBe(4);
    expect(heatCells(values, { digits: 1, most: 4 })[0]).toEqual([
      { text: '2.0', sign: 'plus', strength: 0.5 },
      { text: '−4.0', sign: 'minus', strength: 1 },
      { text: '0.0', sign: 'none', strength: 0 },
      { text: '−∞', sign: 'none', strength: 0 },
    ]);
    expect(largest([[0, -Infinity]])).toBeGreaterThan(0);
  });

  it('is walked with the keyboard and not left at its borders', () => {
    expect(moveInGrid([0, 0], 'ArrowDown', [2, 3])).toEqual([1, 0]);
    expect(moveInGrid([1, 1], 'ArrowDown', [2, 3])).toEqual([1, 1]);
    expect(moveInGrid([1, 1], 'End', [2, 3])).toEqual([1, 2]);
    expect(moveInGrid([1, 1], 'Home', [2, 3])).toEqual([1, 0]);
    expect(moveInGrid([1, 0], 'ArrowLeft', [2, 3])).toEqual([1, 0]);
    expect(moveInGrid([1, 1], 'a', [2, 3])).toBeUndefined();
  });
});

it('calls once after a pause, with what was said last', () => {
  vi.useFakeTimers();
  const call = vi.fn();
  const later = debounced(call, 100);
  later('a');
  vi.advanceTimersByTime(60);
  later('b');
  vi.advanceTimersByTime(60);
  expect(call).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60);
  expect(call.mock.calls).toEqual([['b']]);
  vi.useRealTimers();
});

/** A promise that the test settles. */
interface Held {
  readonly promise: Promise<string>;
  readonly resolve: (value: string) => void;
  readonly reject: (reason: unknown) => void;
}

describe('work of a figure', () => {
  /** Work whose runs end when the test says so. */
  function held() {
    const told: string[] = [];
    const runs: Held[] = [];
    const work = (say: (status: string) => void): Promise<string> => {
      say(`run ${runs.length + 1}`);
      runs.push(promise());
      return runs.at(-1)!.promise;
    };
    const update = latest(work, {
      onStatus: (status) => told.push(`status ${status}`),
      onResult: (result) => told.push(`result ${result}`),
      onError: (line) => told.push(`error ${line}`),
    });
    return { told, runs, update };
  }

  function promise(): Held {
    let [resolve, reject]: [Held['resolve'], Held['reject']] = [() => {}, () => {}];
    const made = new Promise<string>((a, b) => ([resolve, reject] = [a, b]));
    return { promise: made, resolve, reject };
  }

  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

  it('tells the result of the newest settings only', async () => {
    const { told, runs, update } = held();
    update();
    update();
    update();
    runs[0]!.resolve('old');
    await settled();
    runs[1]!.resolve('new');
    await settled();
    expect(told).toEqual(['status run 1', 'status run 2', 'result new', 'status ']);
  });

  it('tells an error in one line and works again after it', async () => {
    const { told, runs, update } = held();
    update();
    runs[0]!.reject(new Error('no net\n  at somewhere'));
    await settled();
    update();
    runs[1]!.resolve('fine');
    await settled();
    expect(told).toEqual(['status run 1', 'error no net', 'status ', 'status run 2', 'result fine', 'status ']);
    expect(lineOf('a\nb')).toBe('a');
  });
});

describe('plot', () => {
  it.each<[number, number, number, number[]]>([
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 6.03, 5, [0, 2, 4, 6]],
    [0, 137, 6, [0, 50, 100]],
    [-1, 1, 4, [-1, -0.5, 0, 0.5, 1]],
    [0, 0.3, 3, [0, 0.1, 0.2, 0.3]],
    [5, 5, 4, [5]],
    [NaN, NaN, 4, []],
  ])('ticks from %d to %d are round', (low, high, count, ticks) => {
    expect(roundTicks(low, high, count)).toEqual(ticks);
  });

  it('thins and smooths without inventing anything', () => {
    const line = Array.from({ length: 1000 }, (_, x) => [x, 2 * x] as const);
    expect(thinned(line, 100)).toHaveLength(100);
    for (const [x, y] of thinned(line, 100)) expect(y).toBeCloseTo(2 * x, 9);
    expect(thinned(line.slice(0, 3), 100)).toEqual(line.slice(0, 3));
    expect(smoothed([[1, 5]], 0.9)).toEqual([[1, 5]]);
    for (const [, y] of smoothed(
      [
        [1, 5],
        [2, 5],
        [3, 5],
      ],
      0.9,
    ))
      expect(y).toBeCloseTo(5, 9);
    expect(
      smoothed(
        [
          [1, 0],
          [2, 1],
        ],
        0.9,
      )[1]![1],
    ).toBeCloseTo(0.1 / 0.19, 9);
  });
});

describe('calls of a worker', () => {
  /** Two ends that hear each other, as a page and its worker do. */
  function ends(): { readonly page: Port & { fail(message: string): void }; readonly worker: Port } {
    type Listener = Parameters<Port['addEventListener']>[1];
    const heard = { page: [] as Listener[], worker: [] as Listener[], error: [] as Listener[] };
    const send =
      (to: Listener[]) =>
      (data: unknown): void =>
        queueMicrotask(() => to.forEach((listener) => listener({ data: structuredClone(data) })));
    return {
      page: {
        postMessage: send(heard.worker),
        addEventListener: (type, listener) => void heard[type === 'error' ? 'error' : 'page'].push(listener),
        fail: (message) => heard.error.forEach((listener) => listener({ message })),
      },
      worker: { postMessage: send(heard.page), addEventListener: (_, listener) => void heard.worker.push(listener) },
    };
  }
  const functions = {
    double: (x: number): number => 2 * x,
    count: async (to: number, tell: (at: number) => void): Promise<string> => {
      for (let at = 0; at < to; at++) tell(at);
      return Promise.resolve('done');
    },
    fail: (): never => {
      throw new Error('no such token. Look again');
    },
    never: (): Promise<void> => new Promise(() => undefined),
  };

  it('come back with results, events and errors, whatever their order', async () => {
    const { page, worker } = ends();
    serveCalls(worker, functions);
    const calls = workerCalls<typeof functions>(() => page);
    const told: number[] = [];
    const both = await Promise.all([calls.call('count', 3, (at) => told.push(at)), calls.call('double', 21)]);
    expect(both).toEqual(['done', 42]);
    expect(told).toEqual([0, 1, 2]);
    await expect(calls.call('fail', undefined as never)).rejects.toThrow('no such token. Look again');
    await expect(calls.call('toString' as 'fail', undefined as never)).rejects.toThrow(
      'internal: the worker has no function',
    );
  });

  it('are refused when the worker ends, and the next one gets another worker', async () => {
    let made = 0;
    const both = [ends(), ends()];
    for (const { worker } of both) serveCalls(worker, functions);
    const calls = workerCalls<typeof functions>(() => both[made++]!.page);
    const waiting = calls.call('never', undefined as never);
    both[0]!.page.fail('out of memory');
    await expect(waiting).rejects.toThrow('The worker of this figure ended: out of memory.');
    expect(await calls.call('double', 4)).toBe(8);
    expect(made).toBe(2);
    const closed = calls.call('never', undefined as never);
    calls.end();
    await expect(closed).rejects.toThrow('The figure was closed');
  });
});

it('files of the reader are a folder that is only read', async () => {
  const storage = new BlobStorage(new Map([['a.txt', new Blob(['hello'])]]));
  expect(await storage.size('picked/a.txt')).toBe(5);
  expect(await storage.size('picked/b.txt')).toBeUndefined();
  expect(new TextDecoder().decode(await storage.read('picked/a.txt', 1, 3))).toBe('ell');
  expect(await storage.list('picked')).toEqual(['a.txt']);
  await expect(storage.read('picked/b.txt')).rejects.toThrow('not among those that were opened');
  await expect(storage.writeAtomic('picked/c.txt')).rejects.toThrow('not among those');
  await expect(storage.remove('picked/a.txt')).rejects.toThrow('not among those');
});
