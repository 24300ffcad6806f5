import { expect, it } from 'vitest';
import type { Backend, Session } from '../../backend/backend.ts';
import { programOfRead } from '../../lowering/program.ts';
import type { Compiled } from '../sessions.ts';
import { Recorder } from './recorder.ts';

/** What a session that has noted `recorded` runs makes of two. */
async function record(recorded: number): Promise<{ end: ReturnType<Recorder['end']>; released: () => number }> {
  let released = 0;
  const session: Session = {
    run: async () => [],
    release: async () => void (released += 1),
    endProfile: async () => ({ runs: Array.from({ length: recorded }, () => 1), kernels: [] }),
  };
  const compiled: Compiled = { session, nodes: 1, bytes: 1, sourceOf: () => undefined };
  const recorder = new Recorder({ name: 'fake', device: 'cpu' } as Backend);
  const watched = { key: 'one', program: programOfRead([], []), load: async () => compiled };
  for (let run = 0; run < 2; run += 1) await recorder.with(watched, ({ session: timed }) => timed.run([]));
  return { end: recorder.end(), released: () => released };
}

it('gives every run with what was recorded of it', async () => {
  const { end, released } = await record(2);
  expect((await end).map(({ name, runs }) => [name, runs.length])).toEqual([['read', 2]]);
  expect(released()).toBe(1);
});

it('refuses to count when the runtime has stopped recording, and frees the session', async () => {
  const { end, released } = await record(1);
  await expect(end).rejects.toThrow(
    "profile: the runtime stopped recording 'read'. Got 1 of 2 runs; expected all, and it keeps about a million events. Measure " +
      'fewer calls (active, warmup), or fewer steps in each.',
  );
  expect(released()).toBe(1);
});
