import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { RunQueue } from './run-queue.ts';

it('runs one task at a time, in order, also when one fails', async () => {
  const queue = new RunQueue();
  const log: string[] = [];
  const task = (name: string, turns: number) => async (): Promise<string> => {
    log.push(`${name} starts`);
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    log.push(`${name} ends`);
    if (name === 'b') throw new Error('b failed');
    return name;
  };
  const results = await Promise.allSettled([queue.add(task('a', 3)), queue.add(task('b', 2)), queue.add(task('c', 0))]);
  expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)))).toEqual([
    'a',
    'Error: b failed',
    'c',
  ]);
  expect(await queue.add(() => 4)).toBe(4);
});
