import type { Streams } from '../streams.ts';
import { trainGpt } from './train-gpt.ts';

/** Options of `gai demo gpt`. */
export interface GptDemoOptions {
  readonly out: string;
  readonly device: string;
  readonly json?: boolean;
}

/** Where the demonstration goes if nothing else is said; it replaces an older one there. */
export const DEMO_FOLDER = 'runs/demo-gpt';
/** Seconds of training, and texts that are written then. */
const [TRAINED, WRITTEN] = [45, 3];

/** A language model learns English for less than a minute, then it writes. */
export function gptDemo(options: GptDemoOptions, streams: Streams): Promise<void> {
  streams.stderr.write(
    `A language model of 0.4 million numbers reads English for ${TRAINED} seconds, then it writes.\n`,
  );
  const replaces = options.out === DEMO_FOLDER;
  return trainGpt({ ...options, preset: 'quick', trainingSeconds: TRAINED, samples: WRITTEN, replaces }, streams);
}
