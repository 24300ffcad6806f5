/**
 * `pnpm parity [WORD …]`: runs the tests that compare with reference libraries (those whose path has a word), and writes what they
 * measured to docs/parity.json and the tables of docs/language/parity.md. What could not be run keeps its figures. `pnpm parity --page`
 * writes the tables only.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJson, repositoryRoot } from '../workspace.ts';
import { runCommand } from '../run.ts';
import { parityFile, parityTests, parityText, readParity } from './parity-file.ts';
import { pageWithTables, parityPage } from './page.ts';
import { PARITY_FOLDER, merged } from './record.ts';
import type { Recorded } from './record.ts';

async function measure(files: readonly string[]): Promise<Recorded[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gai-parity-'));
  try {
    const vitest = join(repositoryRoot, 'node_modules/.bin/vitest');
    const options = { cwd: repositoryRoot, env: { [PARITY_FOLDER]: folder }, timeout: 1_800_000 };
    const { code, output } = await runCommand(vitest, ['run', ...files], options);
    console.log(output);
    if (code !== 0) throw new Error('Nothing was written, since a test failed.');
    return readdirSync(folder).map((name) => readJson<Recorded>(join(folder, name)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Measures the files whose path has one of the words, and writes docs/parity.json. */
async function update(words: readonly string[]): Promise<void> {
  const tests = parityTests(repositoryRoot);
  const files = tests.filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  if (files.length === 0)
    throw new Error(`No test has ${words.join(', ')} in its path. There are:\n${tests.join('\n')}`);
  const known = readParity(repositoryRoot);
  const found = (await measure(files)).map((each) => [each.file, merged(each, known[each.file])] as const);
  const all = { ...known, ...Object.fromEntries(found) };
  const current = Object.entries(all).filter(([file]) => tests.includes(file));
  writeFileSync(parityFile(repositoryRoot), parityText(Object.fromEntries(current)));
}

const words = process.argv.slice(2);
if (!words.includes('--page')) await update(words);
const page = parityPage(repositoryRoot);
writeFileSync(page, pageWithTables(readFileSync(page, 'utf8'), readParity(repositoryRoot)));
