import { load } from '../load.ts';
import type { Streams } from '../streams.ts';
import type { Shown } from './tabular.ts';

/** What every chapter of `gai demo` is told. */
export interface ChapterOptions {
  readonly out: string;
  readonly device: string;
  /** Whether an older demonstration in `out` may be written over. */
  readonly replaces: boolean;
  readonly json?: boolean;
}

/** A part of `gai demo`. */
export interface Chapter {
  readonly name: string;
  readonly title: string;
  /** What happens, in a line. */
  readonly about: string;
  readonly play: (options: ChapterOptions, streams: Streams) => Promise<void>;
}

function show({ text, facts }: Shown, { json }: ChapterOptions, { stdout }: Streams): void {
  stdout.write(`${text}\n`);
  if (json === true) stdout.write(`${JSON.stringify(facts)}\n`);
}

/** The chapters in the order of the tour. Each takes about a minute on two cores at most, all of them three: longer ones would go by name only. */
export const CHAPTERS: readonly Chapter[] = [
  {
    name: 'ski',
    title: 'The ski resort: lift or ski?',
    about: 'A Markov decision process, solved exactly by value iteration.',
    play: async (options, streams) => {
      const { skiResortSolved } = await load(() => import('./tabular.ts'), 'rl');
      show(skiResortSolved(), options, streams);
    },
  },
  {
    name: 'cliff',
    title: 'Q-learning against SARSA on the cliff',
    about: 'Both learn by trial and error; one in ten steps is random.',
    play: async (options, streams) => {
      const { cliffLearned } = await load(() => import('./tabular.ts'), 'rl');
      show(cliffLearned(), options, streams);
    },
  },
  {
    name: 'ppo',
    title: 'A network learns to balance a pole',
    about: 'Proximal policy optimisation, from nothing to 500 steps without falling.',
    play: async (options, streams) => {
      const { ppoChapter } = await load(() => import('./ppo.ts'), 'agents');
      await ppoChapter(options, streams);
    },
  },
  {
    name: 'digits',
    title: 'A network learns to read handwritten digits',
    about: 'Trained here and now: forward, backward and update are one ONNX graph.',
    play: async (options, streams) => {
      const { trainDigits } = await load(() => import('../digits/train-digits.ts'), 'digits');
      await trainDigits({ ...options, model: 'lenet', seed: 0, epochs: 4, augment: true }, streams);
    },
  },
  {
    name: 'gpt',
    title: 'A language model learns English, then it writes',
    about: 'Nothing but 0.4 million random numbers and a minute with the Brown corpus.',
    play: async (options, streams) => {
      const { gptChapter } = await load(() => import('./gpt.ts'), 'gpt');
      await gptChapter(options, streams);
    },
  },
];
