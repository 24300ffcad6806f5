import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { listFiles, publishedPackages, readJson } from '../workspace.ts';

/** One comparison with a reference library, as a test made it. */
export interface ParityEntry {
  /** What the cases of one table have in common, such as `bert`. */
  readonly group: string;
  /** The case, such as `base-random`. */
  readonly name: string;
  /** Its class and sizes. */
  readonly details?: string;
  /** What was compared, such as `every hidden state`. */
  readonly compared: string;
  /** How many of them. */
  readonly count: number;
  /** Largest difference that was found, over the largest number of the reference; below `tolerance`. */
  readonly largest?: number;
  /** After a fault was put in: the smallest difference that it made, above `tolerance`. */
  readonly smallest?: number;
  /** Relative; 0 where everything has to be equal. */
  readonly tolerance: number;
  /** Libraries with versions. */
  readonly reference: string;
}

/** Entries by the test file that made them, as a path below the root. */
export type ParityFile = Readonly<Record<string, readonly ParityEntry[]>>;

/** The file with what was measured. */
export const parityFile = (root: string): string => join(root, 'docs/parity.json');

/** What the tests measured when they were asked the last time. */
export function readParity(root: string): ParityFile {
  return existsSync(parityFile(root)) ? readJson<ParityFile>(parityFile(root)) : {};
}

/** The test files that compare with a reference: those that make a record. */
export function parityTests(root: string): string[] {
  const tests = publishedPackages(root).flatMap(({ dir }) => listFiles(join(dir, 'test'), '.test.ts'));
  return tests
    .filter((file) => /^const \w+ = parityRecord\(/m.test(readFileSync(file, 'utf8')))
    .map((file) => relative(root, file));
}

/** JSON with one line for each entry, so that a change shows which cases it is about. */
export function parityText(found: ParityFile): string {
  const files = Object.keys(found).sort();
  const parts = files.map((file) => {
    const lines = found[file]!.map((entry) => `  ${JSON.stringify(entry)}`);
    return ` ${JSON.stringify(file)}: [\n${lines.join(',\n')}\n ]`;
  });
  return `{\n${parts.join(',\n')}\n}\n`;
}
