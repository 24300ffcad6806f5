import { fileStorage } from '@gai/backend-node';
import { chartSVG, chartText } from '@gai/rl/tabular';
import { UsageError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { plain, plainJson } from '../terminal/plain.ts';
import { seriesOf, telling } from './pick-series.ts';
import { readRun } from './read-run.ts';

/** Options of `gai runs plot`. */
export interface PlotOptions {
  readonly name?: string;
  readonly svg?: string;
  readonly json?: boolean;
}

/** `gai runs plot`: a number of one or several runs over their course. */
export async function plotRuns(folders: readonly string[], options: PlotOptions, { stdout }: Streams): Promise<void> {
  const runs = await Promise.all(folders.map((folder) => readRun(folder)));
  const units = [...new Set(runs.filter(({ series }) => series.size > 0).map(({ unit }) => unit))];
  if (units.length > 1) {
    throw new UsageError('some of the runs logged by steps and others by epochs only. Plot those of a kind together.');
  }
  const name = options.name ?? telling(runs);
  if (name === undefined) throw new UsageError(`'${runs[0]!.folder}' logged no numbers. Give fit a logger.`);
  const series = runs.map((run) => ({ name: run.folder, ...seriesOf(run, name) }));
  const chart = {
    title: plain(name),
    xLabel: units[0]!,
    yLabel: plain(name),
    series: series.map((one) => ({ ...one, name: plain(one.name) })),
  };
  if (options.svg !== undefined) {
    await fileStorage.writeAtomic(options.svg, [new TextEncoder().encode(`${chartSVG(chart)}\n`)]);
  }
  const width = Math.max(20, Math.min(100, (stdout.columns ?? 80) - 14));
  if (options.json === true) {
    stdout.write(
      `${plainJson({ name, unit: units[0], series: series.map(({ name: run, x, y }) => ({ run, x, y })) })}\n`,
    );
  } else stdout.write(`${chartText(chart, { width })}\n`);
}
