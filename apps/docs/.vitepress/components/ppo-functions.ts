import { ArgumentError } from '@gai/core';
import type { PolePlay, PpoNews, PpoSettings } from './ppo-choices.ts';
import { MOST_STEPS } from './ppo-choices.ts';
import { PpoLearner } from './ppo-learner.ts';

/** Whoever wants to stop it has to be heard. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Everything that the page on PPO asks of its worker; `prepare` makes the default backend. */
// oxlint-disable-next-line typescript/explicit-function-return-type -- the record of functions is the type.
export function ppoFunctions(prepare: (wasmPaths: string) => Promise<void>) {
  let ready: Promise<void> | undefined;
  let learner: PpoLearner | undefined;
  let changed: PpoSettings | undefined;
  let [isLearning, isStopped] = [false, false];
  /** Work between two updates: what is played is the policy of one moment. */
  const waiting: (() => Promise<void>)[] = [];
  const there = (): PpoLearner => {
    if (learner === undefined) throw new ArgumentError('There is no agent yet.');
    return learner;
  };
  const catchUp = async (): Promise<void> => {
    while (waiting.length > 0) await waiting.shift()!();
  };

  return {
    async start(wasmPaths: string): Promise<void> {
      ready ??= prepare(wasmPaths);
      ready.catch(() => (ready = undefined)); // A page that was offline may try again.
      await ready;
    },
    /** Begins an agent anew. */
    begin({ settings, seed }: { readonly settings: PpoSettings; readonly seed: number }): void {
      if (isLearning) throw new ArgumentError('The agent is learning: stop it first.');
      learner = new PpoLearner(settings, seed);
      changed = undefined;
    },
    /** Learns on until it is stopped, or has seen enough; gives the steps so far. */
    async learn(_: undefined, tell: (news: PpoNews) => void): Promise<number> {
      const now = there();
      if (isLearning) throw new ArgumentError('The agent is learning already.');
      [isLearning, isStopped] = [true, false];
      try {
        while (!isStopped && now.steps < MOST_STEPS) {
          // Settings that are refused are not tried again.
          const wanted = changed;
          changed = undefined;
          if (wanted !== undefined) await now.change(wanted);
          await now.learn(MOST_STEPS, {
            onUpdate: async (news) => {
              tell(news);
              await catchUp();
              await pause();
            },
            isStopped: () => isStopped || changed !== undefined,
          });
        }
        return now.steps;
      } finally {
        isLearning = false;
        await catchUp();
      }
    },
    stop(): void {
      isStopped = true;
    },
    /** Other settings, from the next update on. */
    async change(settings: PpoSettings): Promise<void> {
      if (isLearning) changed = settings;
      else await there().change(settings);
    },
    /** An episode of the policy as it is. */
    play(seed: number): Promise<PolePlay> {
      if (!isLearning) return there().play(seed);
      return new Promise((resolve, reject) => {
        waiting.push(() => there().play(seed).then(resolve, reject));
      });
    },
  };
}

/** The functions of the worker. */
export type PpoFunctions = ReturnType<typeof ppoFunctions>;
