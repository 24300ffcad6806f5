import type { Streams } from '../streams.ts';
import { plain, plainJson } from '../terminal/plain.ts';
import { sparkline } from '../terminal/sparkline.ts';
import { styleFor } from '../terminal/style.ts';
import { lastOf } from './pick-series.ts';
import { plainTable } from './plain-table.ts';
import { readRun } from './read-run.ts';
import type { Run, Series } from './read-run.ts';

/** `gai runs show`: what a run was begun with, and its numbers. */
export async function showRun(
  folder: string,
  { json }: { readonly json?: boolean },
  { stdout }: Streams,
): Promise<void> {
  const run = await readRun(folder);
  if (json === true) {
    stdout.write(`${plainJson(forMachines(run))}\n`);
    return;
  }
  const style = styleFor(stdout);
  const parts = [
    `${style.bold(plain(run.folder))}  ${run.step === undefined ? 'not begun' : `step ${run.step}`}; ${plain(run.files.join(', '))}`,
  ];
  if (run.settings.size > 0) {
    parts.push(
      plainTable({
        columns: ['setting', 'value'],
        rows: [...run.settings].map(([name, value]) => [name, shortened(value)]),
      }),
    );
  }
  if (run.series.size > 0) {
    const rows = [...run.series].map(([name, one]) => [name, ...summary(one).map(shown), curve(one)]);
    parts.push(plainTable({ columns: ['number', 'first', 'lowest', 'highest', 'last', `over ${run.unit}`], rows }));
  }
  stdout.write(`${parts.join('\n\n')}\n`);
}

const shortened = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 59)}…`);

const shown = (value: number | undefined): string => (value === undefined ? '-' : String(Number(value.toPrecision(4))));

/** First, lowest, highest and last value. */
function summary(one: Series): (number | undefined)[] {
  const values = one.y.filter((value) => !Number.isNaN(value));
  const extreme = (pick: (a: number, b: number) => number): number | undefined =>
    values.length === 0 ? undefined : values.reduce((a, b) => pick(a, b));
  return [values[0], extreme(Math.min), extreme(Math.max), lastOf(one)];
}

/** Bars of a logarithmic scale, shifted above 0. */
function curve({ y }: Series): string {
  const values = y.filter((value) => Number.isFinite(value));
  const lowest = values.reduce((least, one) => Math.min(least, one), Infinity);
  return values.length < 2
    ? ''
    : sparkline(
        values.map((one) => one - lowest + 1),
        24,
      );
}

function forMachines({ folder, step, unit, updated, settings, series, files }: Run): object {
  const numbers = Object.fromEntries(
    [...series].map(([name, one]) => {
      const [first, lowest, highest, last] = summary(one).map((value) => value ?? null);
      return [name, { first, lowest, highest, last, rows: one.x.length }];
    }),
  );
  return {
    run: folder,
    step: step ?? null,
    unit,
    updated: updated.toISOString(),
    settings: Object.fromEntries(settings),
    numbers,
    files,
  };
}
