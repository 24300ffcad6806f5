import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from '../workspace.ts';
import { readParity } from './parity-file.ts';
import type { ParityEntry } from './parity-file.ts';

/** What one test file gives `pnpm parity`. */
export interface Recorded {
  readonly file: string;
  /** Whether every test of the file ran: otherwise what is known of the others is kept. */
  readonly isWhole: boolean;
  readonly entries: readonly ParityEntry[];
}

/** The environment variable with the folder that records go to. */
export const PARITY_FOLDER = 'GAI_PARITY_FOLDER';

/** The parts of a vitest task that say whether it ran. */
interface TaskLike {
  readonly type: string;
  readonly result?: { readonly state?: string } | undefined;
  readonly tasks?: readonly TaskLike[];
  readonly file?: TaskLike;
}

/** Keeps what the comparisons of a test file measured; see {@link parityRecord}. */
export class ParityRecord {
  readonly #file: string;
  readonly #root: string;
  readonly #entries: ParityEntry[] = [];

  /** @param file - The test file, as a path below the root. */
  constructor(file: string, root = repositoryRoot) {
    this.#file = file;
    this.#root = root;
  }

  /** Adds a comparison that was made. A difference is kept with two digits. */
  add(entry: ParityEntry): void {
    this.#entries.push(rounded(entry));
  }

  /**
   * Call it in the last test of the file. Fails when `docs/parity.json` does not list the cases that ran, or, if all of them ran, lists
   * others. How large the differences are is left to the tests.
   */
  finish(task: object): void {
    const own = task as TaskLike;
    const isWhole = testsOf(own.file).every((test) => test === own || test.result?.state === 'pass');
    const folder = process.env[PARITY_FOLDER];
    if (folder === undefined) return this.#compare(isWhole);
    const recorded: Recorded = { file: this.#file, isWhole, entries: this.#entries };
    writeFileSync(join(folder, `${this.#file.replaceAll('/', '-')}.json`), JSON.stringify(recorded));
  }

  #compare(isWhole: boolean): void {
    const listed = (readParity(this.#root)[this.#file] ?? []).map(coverage);
    const ran = this.#entries.map(coverage);
    const problems = [
      ...ran.filter((each) => !listed.includes(each)).map((each) => `lacks ${each}`),
      ...(isWhole
        ? listed.filter((each) => !ran.includes(each)).map((each) => `lists ${each}, which no test covers`)
        : []),
    ];
    if (problems.length === 0) return;
    throw new Error(
      `docs/parity.json, ${this.#file}:\n${problems.join('\n')}\nRun pnpm parity, and commit what it writes.`,
    );
  }
}

/**
 * The record of a test file: `const parity = parityRecord(import.meta.url)`, then `parity.add(…)` for each comparison, and
 * `test('…', ({ task }) => parity.finish(task))` at the end.
 */
export function parityRecord(url: string): ParityRecord {
  return new ParityRecord(relative(repositoryRoot, fileURLToPath(url)));
}

/** What was measured now, and what is known of the cases that were left out. */
export function merged({ isWhole, entries }: Recorded, known: readonly ParityEntry[] = []): readonly ParityEntry[] {
  if (isWhole) return entries;
  const key = ({ group, name, compared }: ParityEntry): string => JSON.stringify([group, name, compared]);
  const fresh = new Map(entries.map((entry) => [key(entry), entry]));
  const kept = known.map((entry) => fresh.get(key(entry)) ?? entry);
  return [...kept, ...entries.filter((entry) => !known.some((other) => key(other) === key(entry)))];
}

function testsOf(task: TaskLike | undefined): TaskLike[] {
  if (task === undefined) return [];
  return task.type === 'test' ? [task] : (task.tasks ?? []).flatMap(testsOf);
}

/** All of an entry but how large the difference was. */
function coverage({ largest, smallest, ...rest }: ParityEntry): string {
  return JSON.stringify({ ...rest, kind: largest === undefined ? typeof smallest : 'largest' });
}

const twoDigits = (value: number): number => Number(value.toPrecision(2));

function rounded({ largest, smallest, ...rest }: ParityEntry): ParityEntry {
  return {
    ...rest,
    ...(largest === undefined ? {} : { largest: twoDigits(largest) }),
    ...(smallest === undefined ? {} : { smallest: twoDigits(smallest) }),
  };
}
