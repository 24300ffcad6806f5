import type { Streams } from '../streams.ts';
import { plainJson } from '../terminal/plain.ts';
import { lastOf } from './pick-series.ts';
import { plainTable } from './plain-table.ts';
import { readRun } from './read-run.ts';
import type { Run } from './read-run.ts';

/** `gai runs diff`: settings in which two runs differ, and their last numbers beside each other. */
export async function diffRuns(
  folders: readonly [string, string],
  { json }: { readonly json?: boolean },
  { stdout }: Streams,
): Promise<void> {
  const [a, b] = [await readRun(folders[0]), await readRun(folders[1])];
  const settings = union(a.settings, b.settings)
    .map((name) => ({ name, a: a.settings.get(name) ?? null, b: b.settings.get(name) ?? null }))
    .filter((one) => one.a !== one.b);
  const numbers = union(a.series, b.series).map((name) => ({ name, a: last(a, name), b: last(b, name) }));
  if (json === true) {
    const runs = [a, b].map(({ folder, step }) => ({ run: folder, step: step ?? null }));
    stdout.write(`${plainJson({ runs, settings, numbers })}\n`);
    return;
  }
  const names = [a, b].map(({ folder, step }) => `${folder} (step ${step ?? '-'})`);
  const parts = [
    settings.length === 0
      ? 'Both were begun with the same settings, as far as they tell.'
      : plainTable({
          columns: ['setting', ...names],
          rows: settings.map((one) => [one.name, one.a ?? '-', one.b ?? '-']),
        }),
  ];
  if (numbers.length > 0) {
    const rows = numbers.map((one) => [
      one.name,
      one.a ?? '-',
      one.b ?? '-',
      one.a === null || one.b === null ? '-' : one.b - one.a,
    ]);
    parts.push(plainTable({ columns: ['last', ...names, 'difference'], rows }));
  }
  stdout.write(`${parts.join('\n\n')}\n`);
}

const last = ({ series }: Run, name: string): number | null => {
  const one = series.get(name);
  return one === undefined ? null : (lastOf(one) ?? null);
};

const union = (a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] => [
  ...new Set([...a.keys(), ...b.keys()]),
];
