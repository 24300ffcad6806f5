import type { Storage } from '@gai/core/backend';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend, tensor } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { Linear, fit, manualSeed, mse, sgd } from '../src/index.ts';
import { search } from '../src/search/index.ts';
import type { FinishedTrial, SearchOptions, SearchSpace } from '../src/search/index.ts';
import { isBelowMedian } from '../src/search/median-stop.ts';

/** Files in memory. */
class Memory implements Storage {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  size = async (path: string): Promise<number | undefined> => this.files.get(path)?.length;
  read = async (path: string): Promise<Uint8Array<ArrayBuffer>> => this.files.get(path)!;
  list = async (): Promise<string[]> => [...this.files.keys()];
  remove = async (path: string): Promise<void> => void this.files.delete(path);
  async writeAtomic(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const all: number[] = [];
    for await (const chunk of chunks) all.push(...chunk);
    this.files.set(path, Uint8Array.from(all));
  }
}

const SPACE = {
  rate: { low: 1e-4, high: 1, log: true },
  width: { low: 8, high: 512, log: true, int: true },
  layers: { low: 1, high: 4, int: true },
  drop: { low: 0, high: 0.5, step: 0.25 },
  name: { choices: ['a', 'b'] },
} as const;

describe('search', () => {
  it('draws from every kind of range, within it and over all of it', async () => {
    const { trials } = await search({ space: SPACE, run: () => 0, trials: 400, seed: 3 });
    const of = <K extends keyof typeof SPACE>(name: K) => trials.map(({ params }) => params[name]);
    const rates = of('rate');
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4);
    expect(Math.max(...rates)).toBeLessThanOrEqual(1);
    // A quarter for each power of ten.
    for (const power of [1e-4, 1e-3, 1e-2, 1e-1]) {
      const share = rates.filter((rate) => rate >= power && rate < 10 * power).length / 400;
      expect(Math.abs(share - 0.25)).toBeLessThan(0.08);
    }
    expect(of('width').every((width) => Number.isInteger(width) && width >= 8 && width <= 512)).toBe(true);
    expect(of('width').filter((width) => width < 64).length / 400).toBeCloseTo(0.5, 1);
    expect([...new Set(of('layers'))].sort()).toEqual([1, 2, 3, 4]);
    expect([...new Set(of('drop'))].sort()).toEqual([0, 0.25, 0.5]);
    expect([...new Set(of('name'))].sort()).toEqual(['a', 'b']);
  });

  it('draws the same again, and other values with another seed', async () => {
    const values = async (seed: number) =>
      (await search({ space: SPACE, run: () => 0, trials: 5, seed })).trials.map(({ params }) => params);
    expect(await values(1)).toEqual(await values(1));
    expect(await values(1)).not.toEqual(await values(2));
  });

  it('takes every combination of a grid once, the last name fastest', async () => {
    const seen: unknown[] = [];
    const { trials, best } = await search({
      space: {
        a: { low: 1, high: 2, int: true },
        b: { low: 1, high: 100, log: true, points: 3 },
        c: { choices: ['x', 'y'] },
      },
      sampler: 'grid',
      direction: 'maximize',
      run: ({ a, b, c }) => {
        seen.push([a, b, c]);
        return a * b + (c === 'y' ? 1 : 0);
      },
    });
    expect(seen.slice(0, 3)).toEqual([
      [1, 1, 'x'],
      [1, 1, 'y'],
      [1, 10, 'x'],
    ]);
    expect(new Set(seen.map(String)).size).toBe(12);
    expect([trials.length, best.value, best.params]).toEqual([12, 201, { a: 2, b: 100, c: 'y' }]);
  });

  it('stops what is worse than the median, as Optuna does', async () => {
    const { trials } = await search({
      space: { x: { low: 0, high: 5, int: true } },
      sampler: 'grid',
      medianStop: { startupTrials: 3, warmupSteps: 1 },
      run: ({ x }, trial) => {
        for (let step = 0; step < 4; step++) {
          trial.report(x - step, step);
          if (trial.shouldPrune) break;
        }
        return x - 3;
      },
    });
    expect(trials.map(({ state, reported }) => [state, reported.length])).toEqual([
      ['complete', 4],
      ['complete', 4],
      ['complete', 4],
      ['pruned', 2],
      ['pruned', 2],
      ['pruned', 2],
    ]);
    expect(trials[3]!.value).toBe(2);
  });

  it('goes on from its file with the trials of a search that was not interrupted', async () => {
    const storage = new Memory();
    const scores = (params: { x: number }) => params.x ** 2;
    const options = {
      space: { x: { low: -1, high: 1 } },
      seed: 4,
      medianStop: true,
      file: 'search.jsonl',
      storage,
    } as const;
    const whole = await search({ ...options, file: undefined, run: scores, trials: 12 });
    const asked: number[] = [];
    const part = search({
      ...options,
      trials: 12,
      run: (params, { number }) => {
        if (number === 7) throw new Error('the power went');
        return scores(params);
      },
    });
    await expect(part).rejects.toThrow('the power went');
    const rest = await search({
      ...options,
      trials: 12,
      run: (params, { number }) => (asked.push(number), scores(params)),
    });
    expect(asked).toEqual([7, 8, 9, 10, 11]);
    const plain = (trials: readonly FinishedTrial[]) => trials.map(({ seconds: _, ...trial }) => trial);
    expect(plain(rest.trials)).toEqual(plain(whole.trials));
    await expect(search({ ...options, seed: 5, run: scores })).rejects.toThrow(
      "search: 'search.jsonl' holds another search.",
    );
  });

  it('keeps to its ends, and reaches every whole number', async () => {
    const space = { x: { low: 0, high: 0.3, step: 0.1 }, y: { low: 0, high: 2 ** 40, int: true } } as const;
    const { trials } = await search({ space, run: () => 0, trials: 60 });
    expect(Math.max(...trials.map(({ params }) => params.x))).toBe(0.3);
    expect(trials.filter(({ params }) => params.y % 2 === 1).length).toBeGreaterThan(15);
    const ends = {
      z: { low: 1e-300, high: 1e300, log: true, points: 3 },
      w: { low: 1e-4, high: 0.1, log: true, points: 4 },
    };
    const grid = await search({ space: ends, sampler: 'grid', run: () => 0 });
    expect(new Set(grid.trials.map(({ params }) => params.z)).size).toBe(3);
    expect([grid.trials[0]!.params, grid.trials.at(-1)!.params]).toEqual([
      { z: 1e-300, w: 1e-4 },
      { z: 1e300, w: 0.1 },
    ]);
  });

  it('tells choices apart that JSON does not hold, and refuses those that no file holds', async () => {
    const storage = new Memory();
    const [f, g] = [(x: number) => x + 1, (x: number) => x + 2];
    const options = { run: () => 0, sampler: 'grid', file: 'f', storage } as const;
    await search({ ...options, space: { x: { choices: [f, 1n] } } });
    expect((await search({ ...options, space: { x: { choices: [f, 1n] } } })).trials[1]!.params.x).toBe(1n);
    await expect(search({ ...options, space: { x: { choices: [g, 1n] } } })).rejects.toThrow('holds another search');
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const space = { x: { choices: [circle] } };
    await expect(search({ ...options, space, file: 'g' })).rejects.toThrow('a choice cannot be written to the file');
    expect((await search({ ...options, space, file: undefined })).best.params.x).toBe(circle);
  });

  it.each([
    ['"number":0', '"number":1'],
    ['"params":{"x":0}', '"params":{"x":1}'],
    ['"state":"complete"', '"state":"good"'],
    ['"value":0.5', '"value":null'],
    ['"value":0.5', '"value":"NaN"'],
    ['"reported":[[0,2]]', '"reported":[[0]]'],
    ['"reported":[[0,2]]', '"reported":{}'],
    ['{"number"', '[{"number"'],
  ])('does not go on from a file with %s changed to %s', async (from, to) => {
    const storage = new Memory();
    const options = {
      space: { x: { low: 0, high: 1, int: true } },
      sampler: 'grid',
      file: 'f',
      storage,
      run: (_: object, trial: { report(value: number, step: number): void }) => (trial.report(2, 0), 0.5),
    } as const;
    await search({ ...options, trials: 1 });
    const text = new TextDecoder().decode(storage.files.get('f'));
    expect(text).toContain(from);
    storage.files.set('f', new TextEncoder().encode(text.replace(from, to)));
    await expect(search(options)).rejects.toThrow("'f' holds another search");
  });

  it('keeps NaN and infinities in its file, as trials that have failed', async () => {
    const storage = new Memory();
    const options = { space: { x: { choices: [NaN, 1] } }, sampler: 'grid', file: 'f', storage } as const;
    const run: SearchOptions<typeof options.space>['run'] = ({ x }, trial) => (trial.report(x, 0), x);
    await search({ ...options, run });
    const { trials } = await search({ ...options, run: () => expect.unreachable() });
    expect(trials.map(({ state, value, reported }) => [state, value, reported])).toEqual([
      ['failed', null, [[0, NaN]]],
      ['complete', 1, [[0, 1]]],
    ]);
  });

  it('tunes fit, reports its epochs, and counts a loss that is not finite as failed', async () => {
    setDefaultBackend(await nodeBackend());
    const batch = { x: tensor([[1], [2]]), y: tensor([[2], [4]]) };
    const { trials, best } = await search({
      space: { learningRate: { choices: [1e-3, 0.1, 1e30] } },
      sampler: 'grid',
      run: async ({ learningRate }, trial) => {
        manualSeed(1);
        const model = new Linear({ inFeatures: 1, outFeatures: 1 });
        const optimizer = sgd({ learningRate });
        const callbacks = [trial.callback({ monitor: 'loss' })];
        const { epochs } = await fit(model, { train: [batch], loss: mse, optimizer, epochs: 20, callbacks });
        return epochs.at(-1)!['loss']!;
      },
    });
    expect(trials.map(({ state }) => state)).toEqual(['complete', 'complete', 'failed']);
    expect(best.params.learningRate).toBe(0.1);
    expect(trials[0]!.reported.length).toBe(20);
  });

  it('ends where its signal says so', async () => {
    const controller = new AbortController();
    const run = (): number => (controller.abort(), 0);
    await expect(search({ space: SPACE, run, signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it.each<[Partial<SearchOptions<SearchSpace>>, string]>([
    [{ space: {} }, 'search: the space is empty. Got {}'],
    [{ space: { x: { low: 2, high: 1 } } }, 'search: space.x is no range. Got {"low":2,"high":1}'],
    [{ space: { x: { low: 0, high: 1, log: true } } }, 'space.x has no logarithm'],
    [{ space: { x: { low: 0.5, high: 2, int: true } } }, 'space.x has ends that are not whole'],
    [{ space: { x: { low: 1, high: 2, log: true, step: 1 } } }, 'space.x has a step that does not fit'],
    [{ space: { x: { choices: [] } } }, 'space.x has no choices'],
    [{ space: { x: { low: 0, high: 1, lgo: true } as never } }, "no such option. Got 'lgo'"],
    [
      { space: { x: { low: 0, high: 1, step: 0.5, points: 3 } } },
      'space.x has points and a step. Got {"points":3,"step":0.5}',
    ],
    [
      { space: { x: { low: 0, high: 1e9, int: true } }, sampler: 'grid' },
      'space.x has too many values. Got 1000000001',
    ],
    [{ space: { x: { low: 0, high: 1, step: 1e-300 } } }, 'space.x has too many values'],
    [{ space: { x: { low: 0, high: 1, step: Infinity } } }, 'space.x has a step that does not fit'],
    [{ space: { x: { low: -1e308, high: 1e308 } } }, 'space.x is no range'],
    [{ medianStop: 'yes' as never }, 'medianStop cannot be honoured. Got "yes"; expected true, false'],
    [{ medianStop: null as never }, 'the options object does not fit. Got null'],
    [{ space: { x: [1, 2] as never } }, 'space.x is no range'],
    [{ space: { x: null as never } }, 'space.x is no range'],
    [{ space: { x: { low: 0, high: 1 } }, sampler: 'grid' }, 'space.x has no grid'],
    [{ sampler: 'tpe' as never }, "sampler cannot be honoured. Got \"tpe\"; expected 'random' or 'grid'"],
    [{ direction: 'min' as never }, 'direction cannot be honoured'],
    [{ trials: 0 }, 'trials cannot be honoured. Got 0; expected 1 or more'],
    [{ seed: 0.5 }, 'seed cannot be honoured'],
    [{ run: 3 as never }, 'run cannot be honoured'],
    [{ medianStop: { startupTrials: -1 } }, 'medianStop.startupTrials cannot be honoured'],
    [{ medianStop: { warmup: 1 } as never }, "no such option. Got 'warmup'"],
    [{ trial: 5 } as never, "no such option. Got 'trial'"],
    [{ run: () => 'good' as never }, 'search: run gave no number. Got string from trial 0'],
    [{ run: () => NaN, trials: 2 }, 'search: no trial was complete. Got 2 that failed'],
    [{ run: (_, trial) => (trial.report(1, -1), 0) }, 'what was reported is no value at a step. Got 1 at -1'],
  ])('refuses %j', async (wrong, message) => {
    await expect(search({ space: { x: { low: 0, high: 1 } }, run: () => 0, ...wrong })).rejects.toThrow(message);
  });
});

describe('the median rule', () => {
  const others = [1, 2, 3, 4].map((value, number): FinishedTrial => ({
    number,
    params: {},
    state: 'complete',
    value,
    reported: [[0, value]],
    seconds: 0,
  }));
  const rule = { startupTrials: 4, warmupSteps: 0, sign: 1 } as const;
  it.each([
    [[[0, 2.4]], rule, false],
    [[[0, 2.6]], rule, true],
    [[[0, NaN]], rule, true],
    [[[0, 2.6]], { ...rule, startupTrials: 5 }, false],
    [[[0, 2.6]], { ...rule, warmupSteps: 1 }, false],
    [[[7, 9]], rule, false],
    [[[0, 2.4]], { ...rule, sign: -1 as const }, true],
  ] as const)('%j', (reported, settings, expected) => {
    expect(isBelowMedian(reported, others, settings)).toBe(expected);
  });
});
