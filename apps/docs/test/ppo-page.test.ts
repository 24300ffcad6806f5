import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { FIRST_PPO } from '../.vitepress/components/ppo-choices.ts';
import type { PolePlay, PpoNews } from '../.vitepress/components/ppo-choices.ts';
import { ppoFunctions } from '../.vitepress/components/ppo-functions.ts';
import type { PpoFunctions } from '../.vitepress/components/ppo-functions.ts';

const BEGIN = { settings: FIRST_PPO, seed: 1 };
let functions: PpoFunctions;

beforeEach(async () => {
  functions = ppoFunctions(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));
  await functions.start('/ort/');
}, 60_000);

/** Learns for so many updates, each heard. */
async function updates(count: number, hear: (news: PpoNews) => void = () => undefined): Promise<PpoNews[]> {
  const all: PpoNews[] = [];
  await functions.learn(undefined, (news) => {
    all.push(news);
    hear(news);
    if (all.length === count) functions.stop();
  });
  return all;
}

describe('the worker of the page on PPO', () => {
  it('learns, is stopped, and goes on as if it had not been', async () => {
    functions.begin(BEGIN);
    const whole = await updates(4);
    expect(whole.map(({ steps }) => steps)).toEqual([256, 512, 768, 1024]);
    for (const { kl, clipFraction, entropy } of whole) {
      expect([kl, clipFraction].every((value) => value >= 0 && value < 1)).toBe(true);
      expect(entropy).toBeLessThanOrEqual(Math.log(2));
    }
    functions.begin(BEGIN);
    const parts = await updates(2);
    expect((await functions.play(7)).after).toBe(512); // What is only looked at is not learned from.
    parts.push(...(await updates(2)));
    expect(parts).toEqual(whole);
  });

  it('plays the policy of one moment while it learns, from equal beginnings equal episodes', async () => {
    functions.begin(BEGIN);
    const plays: Promise<PolePlay>[] = [];
    await updates(3, ({ steps }) => {
      if (steps === 512) plays.push(functions.play(3), functions.play(3));
    });
    const [first, second] = await Promise.all(plays);
    expect(first).toEqual(second);
    expect(first!.after).toBe(512);
    expect(first!.positions).toHaveLength(first!.angles.length);
    expect(first!.hasFallen).toBe(Math.abs(first!.angles.at(-1)!) > 0.2 || Math.abs(first!.positions.at(-1)!) > 2.4);
  });

  it('takes other settings between updates and keeps what it has learned', async () => {
    functions.begin(BEGIN);
    const plain = await updates(3);
    functions.begin(BEGIN);
    const changed = await updates(3, ({ steps }) => {
      if (steps === 512) void functions.change({ ...FIRST_PPO, clipRange: 1, entCoef: 0.05, gaeLambda: 0 });
    });
    expect(changed.slice(0, 2)).toEqual(plain.slice(0, 2));
    expect(changed[2]!.steps).toBe(768);
    expect(changed[2]!.episodes).toBe(plain[2]!.episodes); // The envs and the draws are the same ones.
    expect(changed[2]!.clipFraction).toBe(0);
    expect(changed[2]!.kl).not.toBe(plain[2]!.kl);
    await functions.change({ ...FIRST_PPO, learningRate: 0 });
    const [still] = await updates(1);
    expect(Math.abs(still!.kl)).toBeLessThan(1e-6);
  });

  it('learns to balance the pole', async () => {
    functions.begin(BEGIN);
    let best = 0;
    await functions.learn(undefined, ({ steps, meanReturn = 0 }) => {
      best = Math.max(best, meanReturn);
      if (best >= 100 || steps > 10_000) functions.stop();
    });
    expect(best).toBeGreaterThanOrEqual(100);
  });

  it.each([
    ['a clip of 0', { clipRange: 0 }, 'clipRange'],
    ['NaN as clip', { clipRange: Number.NaN }, 'clipRange'],
    ['a rate below 0', { learningRate: -1 }, 'learningRate'],
    ['NaN as rate', { learningRate: Number.NaN }, 'learningRate'],
    ['λ above 1', { gaeLambda: 1.5 }, 'gaeLambda'],
    ['entropy below 0', { entCoef: -1 }, 'entCoef'],
  ])('refuses %s, and learns on with the settings before', async (_, wrong, words) => {
    functions.begin(BEGIN);
    await expect(functions.change({ ...FIRST_PPO, ...wrong })).rejects.toThrow(words);
    expect(() => functions.begin({ settings: { ...FIRST_PPO, ...wrong }, seed: 1 })).toThrow(words);
    expect(await updates(1)).toHaveLength(1);
    await expect(updates(9, () => void functions.change({ ...FIRST_PPO, ...wrong }))).rejects.toThrow(words);
    expect(await updates(1)).toHaveLength(1);
  });

  it.each([[-1], [0.5], [Number.NaN]])('refuses the seed %s', (seed) => {
    expect(() => functions.begin({ settings: FIRST_PPO, seed })).toThrow(`Got seed ${seed}`);
  });

  it('says when there is nothing, and when it is busy', async () => {
    const fresh = ppoFunctions(() => Promise.reject(new Error('offline')));
    await expect(fresh.start('/ort/')).rejects.toThrow('offline');
    await expect(fresh.learn(undefined, () => undefined)).rejects.toThrow('no agent yet');
    expect(() => fresh.play(1)).toThrow('no agent yet');
    functions.begin(BEGIN);
    const busy: unknown[] = [];
    await updates(1, () => {
      busy.push(functions.learn(undefined, () => undefined).catch(String));
      expect(() => functions.begin(BEGIN)).toThrow('stop it first');
    });
    expect(await busy[0]).toContain('learning already');
  });
});
