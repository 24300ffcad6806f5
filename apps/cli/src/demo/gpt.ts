import { trainGpt } from '../gpt/train-gpt.ts';
import type { Streams } from '../streams.ts';
import type { ChapterOptions } from './chapters.ts';

/** Seconds of training, and texts that are written in the end. */
const [TRAINING, WRITTEN] = [45, 3];

/** Chapter `gpt`: a language model learns English for three quarters of a minute, then it writes. */
export function gptChapter(options: ChapterOptions, streams: Streams): Promise<void> {
  return trainGpt({ ...options, preset: 'quick', trainingSeconds: TRAINING, samples: WRITTEN }, streams);
}
