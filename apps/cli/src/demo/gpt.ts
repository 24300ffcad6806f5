import { trainGpt } from '../gpt/train-gpt.ts';
import type { Streams } from '../streams.ts';
import type { ChapterOptions } from './chapters.ts';

/** Seconds of the whole chapter, the reading of the corpus included, and texts that are written in the end. */
const [SECONDS, WRITTEN] = [55, 3];

/** Chapter `gpt`: a language model learns English for less than a minute, then it writes. */
export function gptChapter(options: ChapterOptions, streams: Streams): Promise<void> {
  return trainGpt({ ...options, preset: 'quick', seconds: SECONDS, samples: WRITTEN }, streams);
}
