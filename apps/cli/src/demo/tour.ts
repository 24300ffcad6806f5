import { join } from 'node:path';
import { MissingPackages, UsageError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { styleFor } from '../terminal/style.ts';
import { CHAPTERS } from './chapters.ts';
import type { Chapter } from './chapters.ts';

/** Options of `gai demo`. */
export interface TourOptions {
  readonly out: string;
  readonly device: string;
  readonly json?: boolean;
}

/** Where demonstrations go if nothing else is said; they replace older ones there. */
export const DEMO_FOLDER = 'runs/demo';

/** One chapter by its name. */
export function playChapter(chapter: Chapter, options: TourOptions, streams: Streams): Promise<void> {
  const { out } = options;
  streams.stderr.write(`${styleFor(streams.stderr).bold(chapter.title)}\n   ${chapter.about}\n\n`);
  return chapter.play({ ...options, out: join(out, chapter.name), replaces: out === DEMO_FOLDER }, streams);
}

/** What became of a chapter. */
interface Played {
  readonly chapter: string;
  readonly seconds: number;
  /** What to type for it, where packages are absent. */
  readonly missing?: string;
}

/**
 * All chapters. One whose packages are absent is passed over with a line that says what to install: a tour of what is there.
 * @throws {@link UsageError} if nothing is there.
 */
export async function playTour({ json, ...options }: TourOptions, streams: Streams): Promise<void> {
  const played: Played[] = [];
  for (const [index, chapter] of CHAPTERS.entries()) {
    streams.stderr.write(`${index === 0 ? '' : '\n'}${index + 1}. `);
    const began = performance.now();
    const missing = await attempt(chapter, options, streams);
    const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
    played.push({ chapter: chapter.name, seconds, ...(missing !== undefined && { missing }) });
  }
  const names = [...new Set(played.flatMap(({ missing }) => missing ?? []))];
  if (played.every(({ missing }) => missing !== undefined))
    throw new UsageError(`nothing to show. ${names.join('; ')}`);
  if (json === true) streams.stdout.write(`${JSON.stringify({ chapters: played })}\n`);
}

async function attempt(chapter: Chapter, options: TourOptions, streams: Streams): Promise<string | undefined> {
  try {
    await playChapter(chapter, options, streams);
    return undefined;
  } catch (error) {
    if (!(error instanceof MissingPackages)) throw error;
    streams.stderr.write(`   ${error.message}\n`);
    return error.message;
  }
}
