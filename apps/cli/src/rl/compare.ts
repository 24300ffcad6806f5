import { compare } from '@gai/rl/tabular';
import { UsageError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { checkWritable } from './files.ts';
import { AGENT_QUESTIONS, TABLE_QUESTIONS } from './questions.ts';
import { showComparison } from './show-comparison.ts';
import type { CompareRunsOptions } from './show-comparison.ts';
import { didYouMean } from '../suggest.ts';

/** Runs per method, if nothing else is said: tables are quick. */
const RUNS = 100;

/** `gai rl compare` on tables: many runs per method, as curves and a table. */
export function compareRuns(question: string, options: CompareRunsOptions, streams: Streams): void {
  const name = Object.hasOwn(TABLE_QUESTIONS, question) ? TABLE_QUESTIONS[question] : undefined;
  if (name === undefined) {
    const known = [...Object.keys(TABLE_QUESTIONS), ...AGENT_QUESTIONS];
    throw new UsageError(
      `unknown question '${question.slice(0, 60)}'. ${didYouMean(question, known)}Known questions: ${known.join(', ')}.`,
    );
  }
  if (options.share !== undefined) {
    throw new UsageError(`--share is for agents with networks, and ${name} compares tables. Leave it out.`);
  }
  // An SVG that cannot be written should not cost a minute of runs first.
  if (options.svg !== undefined) checkWritable('rl compare', options.svg);
  const { runs = RUNS, seed } = options;
  showComparison(name, compare(name, { runs, seed }), { ...options, runs }, streams);
}
