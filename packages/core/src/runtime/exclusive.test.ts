import { describe, expect, it } from 'vitest';
import type { Backend } from '../backend/backend.ts';
import { exclusively } from './exclusive.ts';

const tick = (): Promise<void> => new Promise((done) => setTimeout(done, 1));

describe('exclusively', () => {
  it('runs tasks one at a time, in order, also after one has failed', async () => {
    const backend = {} as Backend;
    const log: string[] = [];
    const task = (name: string) => async (): Promise<string> => {
      log.push(`${name} begins`);
      await tick();
      if (name === 'b') throw new Error('b fails');
      log.push(`${name} ends`);
      return name;
    };
    const runs = await Promise.allSettled(['a', 'b', 'c'].map((name) => exclusively(backend, task(name))));
    expect(runs.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'c begins', 'c ends']);
  });

  it('does not hold up another backend', async () => {
    let other = false;
    await exclusively({} as Backend, async () => {
      await exclusively({} as Backend, async () => void (other = true));
    });
    expect(other).toBe(true);
  });
});
