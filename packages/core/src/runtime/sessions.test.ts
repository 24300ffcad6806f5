import { describe, expect, it } from 'vitest';
import type { Backend, Session } from '../backend/backend.ts';
import { OwnedSession, SessionCache, sessionsOf } from './sessions.ts';
import type { Compiled } from './sessions.ts';

/** A cache of at most two sessions that writes down what it does. */
function setUp(): {
  cache: SessionCache;
  log: string[];
  load: (key: string) => Promise<Compiled>;
  run: (key: string, until?: Promise<void>) => Promise<string>;
} {
  const log: string[] = [];
  const cache = new SessionCache({ maxSessions: 2 } as Backend);
  const load = async (key: string): Promise<Compiled> => {
    log.push(`load ${key}`);
    const release = async (): Promise<void> => void log.push(`release ${key}`);
    return { session: { release } as Session, nodes: 1, bytes: 2, sourceOf: () => undefined };
  };
  const run = (key: string, until?: Promise<void>): Promise<string> =>
    cache.with(
      key,
      () => load(key),
      async ({ nodes }) => {
        await until;
        return `${key}${nodes}`;
      },
    );
  return { cache, log, load, run };
}

describe('OwnedSession', () => {
  it.each(['renew', 'release'] as const)('%s waits for the runs asked for so far', async (end) => {
    const log: string[] = [];
    let loads = 0;
    const own = new OwnedSession(async () => {
      const nodes = (loads += 1);
      return {
        session: { release: async () => void log.push(`release ${nodes}`) } as Session,
        nodes,
        bytes: 2,
        sourceOf: () => undefined,
      };
    }, 'net');
    const { promise, resolve } = deferred();
    const run = own.with(async ({ nodes }) => {
      await promise;
      log.push(`run ${nodes}`);
    });
    const ended = own[end]();
    await new Promise((done) => setTimeout(done, 0));
    expect(log).toEqual([]);
    resolve();
    await Promise.all([run, ended]);
    expect(log).toEqual(['run 1', 'release 1']);
    if (end === 'renew') expect(await own.with(async ({ nodes }) => nodes)).toBe(2);
    else
      await expect(own.with(async () => 0)).rejects.toThrow("compile: the program compiled from 'net' was disposed.");
  });

  it('is renewed after a run that failed', async () => {
    const own = new OwnedSession(
      async () => ({
        session: { release: async () => undefined } as Session,
        nodes: 1,
        bytes: 2,
        sourceOf: () => undefined,
      }),
      'net',
    );
    const run = own.with(() => Promise.reject(new Error('run')));
    await Promise.all([expect(run).rejects.toThrow('run'), own.renew()]);
    expect(await own.with(async ({ nodes }) => nodes)).toBe(1);
  });
});

describe('SessionCache', () => {
  it('compiles a key once, also when it is asked for twice at once', async () => {
    const { cache, log, run } = setUp();
    expect(await Promise.all([run('a'), run('a')])).toEqual(['a1', 'a1']);
    await run('a');
    expect(log).toEqual(['load a']);
    expect(cache.compiles).toBe(1);
  });

  it('frees the least recently used beyond the limit', async () => {
    const { cache, log, run } = setUp();
    for (const key of ['a', 'b', 'a', 'c', 'b']) await run(key);
    await Promise.resolve();
    expect(log).toEqual(['load a', 'load b', 'load c', 'release b', 'load b', 'release a']);
    expect(cache.size).toBe(2);
  });

  it('never frees a session in use', async () => {
    const { log, run } = setUp();
    const { promise, resolve } = deferred();
    const long = run('a', promise);
    for (const key of ['b', 'c', 'd']) await run(key);
    expect(log).not.toContain('release a');
    resolve();
    await long;
    expect(log.filter((line) => line.startsWith('release'))).toEqual(['release b', 'release c']);
  });

  it('forgets a graph that does not compile, and tells whoever asked', async () => {
    const { cache, run } = setUp();
    const fail = (): Promise<Compiled> => Promise.reject(new Error('no such op'));
    await expect(cache.with('a', fail, async () => 1)).rejects.toThrow('no such op');
    expect(cache.size).toBe(0);
    expect(await run('a')).toBe('a1');
  });

  it('keeps a session whose run failed', async () => {
    const { cache, log, run } = setUp();
    await run('a');
    await expect(
      cache.with(
        'a',
        () => Promise.reject(new Error('unused')),
        () => Promise.reject(new Error('run')),
      ),
    ).rejects.toThrow('run');
    await run('a');
    expect(log).toEqual(['load a']);
  });

  it('outlives a release that fails', async () => {
    const cache = new SessionCache({ maxSessions: 1 } as Backend);
    const session = { release: () => Promise.reject(new Error('gone')) } as unknown as Session;
    for (const key of ['a', 'b'])
      await cache.with(
        key,
        async () => ({ session, nodes: 0, bytes: 0, sourceOf: () => undefined }),
        async () => key,
      );
    await new Promise((done) => setTimeout(done, 0));
    expect(cache.size).toBe(1);
  });

  it('frees a session with the last of its owners, and never one that runs', async () => {
    const { cache, log, load } = setUp();
    const [a, b] = [cache.source('a', () => load('a')), cache.source('a', () => load('a'))];
    for (const source of [a, b, a]) await source.with(async () => 0);
    await a.release();
    await a.release();
    expect([log, cache.size]).toEqual([['load a'], 1]);
    await b.release();
    expect([log, cache.size]).toEqual([['load a', 'release a'], 0]);
    const { promise, resolve } = deferred();
    const running = a.with(() => promise);
    await a.release();
    expect(cache.size).toBe(1);
    resolve();
    await running;
  });

  it('is one per backend', () => {
    const [a, b] = [{} as Backend, {} as Backend];
    expect(sessionsOf(a)).toBe(sessionsOf(a));
    expect(sessionsOf(a)).not.toBe(sessionsOf(b));
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
