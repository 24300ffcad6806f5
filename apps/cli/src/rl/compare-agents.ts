import { compareAgents } from '@gai/rl/deep';
import type { AgentComparisonName } from '@gai/rl/deep';
import { withBackend } from '../with-backend.ts';
import type { Streams } from '../streams.ts';
import { progress } from '../terminal/progress.ts';
import { checkWritable } from './files.ts';
import { showComparison, timeFile } from './show-comparison.ts';
import type { CompareRunsOptions } from './show-comparison.ts';

/** Runs per agent, if nothing else is said: each takes seconds. */
const RUNS = 3;

/** `gai rl compare` on agents with networks: some runs of each, over steps and over seconds. */
export async function compareAgentRuns(
  question: AgentComparisonName,
  options: CompareRunsOptions,
  streams: Streams,
): Promise<void> {
  const { runs = RUNS, seed, share, svg } = options;
  if (svg !== undefined) for (const file of [svg, timeFile(svg)]) checkWritable('rl compare', file);
  const bar = progress(streams.stderr, question);
  await withBackend({ device: 'cpu', threads: 1 }, async () => {
    const onRun = (done: number, all: number): void => bar.update(done / all);
    bar.update(0);
    const comparison = await compareAgents(question, { runs, seed, share, onRun });
    bar.end();
    showComparison(question, comparison, { ...options, runs }, streams);
  });
}
