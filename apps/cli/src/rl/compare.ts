import { chartSVG, chartText, compare, tableText } from '@gai/rl/tabular';
import type { ComparisonName } from '@gai/rl/tabular';
import { UsageError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { styleFor } from '../terminal/style.ts';
import { checkWritable, writeResult } from './files.ts';
import { didYouMean } from '../suggest.ts';

/** Options of `gai rl compare`. */
export interface CompareRunsOptions {
  readonly runs: number;
  readonly seed?: number;
  readonly svg?: string;
  readonly json?: boolean;
}

/** The questions, under short and full names. */
const QUESTIONS: Readonly<Record<string, ComparisonName>> = {
  'mc-vs-td': 'mc-vs-td',
  'on-vs-off': 'on-vs-off-policy',
  'on-vs-off-policy': 'on-vs-off-policy',
  'model-based-vs-model-free': 'model-based-vs-model-free',
};

/** `gai rl compare`: many runs per method, as curves and a table. */
export function compareRuns(question: string, options: CompareRunsOptions, streams: Streams): void {
  const name = Object.hasOwn(QUESTIONS, question) ? QUESTIONS[question] : undefined;
  if (name === undefined) {
    const known = Object.keys(QUESTIONS);
    throw new UsageError(
      `unknown question '${question.slice(0, 60)}'. ${didYouMean(question, known)}Known questions: ${known.join(', ')}.`,
    );
  }
  // An SVG that cannot be written should not cost a minute of runs first.
  if (options.svg !== undefined) checkWritable('rl compare', options.svg);
  const { title, chart, table } = compare(name, { runs: options.runs, seed: options.seed });
  if (options.svg !== undefined) writeResult('rl compare', options.svg, chartSVG(chart));
  const style = styleFor(streams.stdout);
  const width = Math.max(40, Math.min(72, (streams.stdout.columns ?? 90) - 12));
  const runs = `${options.runs} run${options.runs === 1 ? '' : 's'} per method`;
  const [head, ...drawn] = chartText(chart, { width }).split('\n');
  streams.stdout.write(`${style.bold(head ?? title)}  ${runs}\n\n${drawn.join('\n')}\n\n${tableText(table)}\n`);
  if (options.svg !== undefined) streams.stdout.write(`\nThe curves are in ${options.svg}\n`);
  if (options.json !== true) return;
  const series = chart.series.map(({ name: label, x, y, band }) => ({
    name: label,
    x: Array.from(x),
    y: Array.from(y),
    ...(band !== undefined && { band: Array.from(band) }),
  }));
  const result = { question: name, title, runs: options.runs, seed: options.seed ?? 0, ...table, series };
  streams.stdout.write(`${JSON.stringify(result)}\n`);
}
