import { ArgumentError } from '@gai/core';
import type { PolePlay, PpoNews, PpoSettings } from './ppo-choices.ts';
import { MOST_STEPS } from './ppo-choices.ts';
import { PpoLearner } from './ppo-learner.ts';

type Tell = (news: PpoNews) => void;

/** Whoever wants to stop it has to be heard. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** What the worker has at hand. */
class PpoDesk {
  readonly #prepare: (wasmPaths: string) => Promise<void>;
  #ready: Promise<void> | undefined;
  #learner: PpoLearner | undefined;
  /** Settings that wait for the end of an update. */
  #changed: PpoSettings | undefined;
  /** Episodes that do: what is played is the policy of one moment. */
  readonly #waiting: (() => Promise<void>)[] = [];
  #isLearning = false;
  #isStopped = false;

  constructor(prepare: (wasmPaths: string) => Promise<void>) {
    this.#prepare = prepare;
  }

  async start(wasmPaths: string): Promise<void> {
    this.#ready ??= this.#prepare(wasmPaths);
    this.#ready.catch(() => (this.#ready = undefined)); // A page that was offline may try again.
    await this.#ready;
  }

  begin({ settings, seed }: { readonly settings: PpoSettings; readonly seed: number }): void {
    if (this.#isLearning) throw new ArgumentError('The agent is learning: stop it first.');
    this.#learner = new PpoLearner(settings, seed);
    this.#changed = undefined;
  }

  async learn(tell: Tell): Promise<number> {
    const learner = this.#there();
    if (this.#isLearning) throw new ArgumentError('The agent is learning already.');
    [this.#isLearning, this.#isStopped] = [true, false];
    try {
      while (!this.#isStopped && learner.steps < MOST_STEPS) await this.#stretch(learner, tell);
      return learner.steps;
    } finally {
      this.#isLearning = false;
      await this.#playWaiting();
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  async change(settings: PpoSettings): Promise<void> {
    if (this.#isLearning) this.#changed = settings;
    else await this.#there().change(settings);
  }

  play(seed: number): Promise<PolePlay> {
    const learner = this.#there();
    if (!this.#isLearning) return learner.play(seed);
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => learner.play(seed).then(resolve, reject));
    });
  }

  /** Learns with the settings as they are, until they change or it is stopped. */
  async #stretch(learner: PpoLearner, tell: Tell): Promise<void> {
    // Settings that are refused are not tried again.
    const wanted = this.#changed;
    this.#changed = undefined;
    if (wanted !== undefined) await learner.change(wanted);
    await learner.learn(MOST_STEPS, {
      onUpdate: async (news) => {
        tell(news);
        await this.#playWaiting();
        await pause();
      },
      isStopped: () => this.#isStopped || this.#changed !== undefined,
    });
  }

  async #playWaiting(): Promise<void> {
    while (this.#waiting.length > 0) await this.#waiting.shift()!();
  }

  #there(): PpoLearner {
    if (this.#learner === undefined) throw new ArgumentError('There is no agent yet.');
    return this.#learner;
  }
}

/** Everything that the page on PPO asks of its worker; `prepare` makes the default backend. */
// oxlint-disable-next-line typescript/explicit-function-return-type -- the record of functions is the type.
export function ppoFunctions(prepare: (wasmPaths: string) => Promise<void>) {
  const desk = new PpoDesk(prepare);
  return {
    start: (wasmPaths: string): Promise<void> => desk.start(wasmPaths),
    /** Begins an agent anew. */
    begin: (given: { readonly settings: PpoSettings; readonly seed: number }): void => desk.begin(given),
    /** Learns on until it is stopped, or has seen enough; gives the steps so far. */
    learn: (_: undefined, tell: Tell): Promise<number> => desk.learn(tell),
    stop: (): void => desk.stop(),
    /** Other settings, from the next update on. */
    change: (settings: PpoSettings): Promise<void> => desk.change(settings),
    /** An episode of the policy as it is. */
    play: (seed: number): Promise<PolePlay> => desk.play(seed),
  };
}

/** The functions of the worker. */
export type PpoFunctions = ReturnType<typeof ppoFunctions>;
