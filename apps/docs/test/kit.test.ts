import { describe, expect, it, vi } from 'vitest';
import { debounced } from '../.vitepress/kit/debounced.ts';
import { formatNumber, heatCells, largest, moveInGrid } from '../.vitepress/kit/heat-map.ts';
import { latest, lineOf } from '../.vitepress/kit/latest.ts';

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
