import { chartSVG, chartText, tableText } from '@gai/rl/tabular';
import type { Chart, Comparison } from '@gai/rl/tabular';
import type { Streams } from '../streams.ts';
import { counted } from '../terminal/counted.ts';
import { styleFor } from '../terminal/style.ts';
import { writeResult } from './files.ts';

/** Options of `gai rl compare`. */
export interface CompareRunsOptions {
  readonly runs?: number;
  readonly seed?: number;
  /** Agents: the share of its steps that each is given. */
  readonly share?: number;
  readonly svg?: string;
  readonly json?: boolean;
}

/** A comparison; agents are also compared over the time that they took. */
type Compared = Comparison & { readonly timeChart?: Chart };

/** Shows curves and table, writes the curves as SVG, and gives all of it to machines. */
export function showComparison(
  question: string,
  { title, chart, timeChart, table }: Compared,
  options: CompareRunsOptions & { readonly runs: number },
  { stdout }: Streams,
): void {
  const { svg, runs, seed = 0 } = options;
  const style = styleFor(stdout);
  const width = Math.max(40, Math.min(72, (stdout.columns ?? 90) - 12));
  const drawn = (one: Chart): string => {
    const [head, ...lines] = chartText(one, { width }).split('\n');
    return `${style.bold(head ?? title)}  ${counted(runs, 'run')} per ${timeChart === undefined ? 'method' : 'agent'}\n\n${lines.join('\n')}\n\n`;
  };
  stdout.write(`${drawn(chart)}${timeChart === undefined ? '' : drawn(timeChart)}${tableText(table)}\n`);
  if (svg !== undefined) {
    const files = [svg, ...(timeChart === undefined ? [] : [timeFile(svg)])];
    writeResult('rl compare', svg, chartSVG(chart));
    if (timeChart !== undefined) writeResult('rl compare', timeFile(svg), chartSVG(timeChart));
    stdout.write(`\nThe curves are in ${files.join(' and ')}\n`);
  }
  if (options.json !== true) return;
  const times = timeChart === undefined ? {} : { timeSeries: seriesOf(timeChart) };
  const result = { question, title, runs, seed, ...table, series: seriesOf(chart), ...times };
  stdout.write(`${JSON.stringify(result)}\n`);
}

/** `a.svg` gets `a-seconds.svg` beside it. */
export const timeFile = (svg: string): string => svg.replace(/(\.svg)?$/i, '-seconds$&');

const seriesOf = ({ series }: Chart): object[] =>
  series.map(({ name, x, y, band }) => ({
    name,
    x: Array.from(x),
    y: Array.from(y),
    ...(band !== undefined && { band: Array.from(band) }),
  }));
