import { repositoryRoot } from '../workspace.ts';
import type { Check } from './check.ts';
import { buildCheck, formatCheck, knipCheck, lintCheck, typesCheck } from './commands.ts';
import { completeCheck } from './complete.ts';
import { examplesCheck } from './examples.ts';
import { isolationCheck } from './isolation.ts';
import { layersCheck } from './layers.ts';
import { levelsCheck } from './levels.ts';
import { publishedCheck } from './published.ts';
import { runtimesCheck } from './runtimes.ts';
import { sizeCheck } from './size.ts';
import { versionsCheck } from './versions.ts';

const checks: readonly Check[] = [
  layersCheck,
  levelsCheck,
  runtimesCheck,
  completeCheck,
  versionsCheck,
  isolationCheck,
  sizeCheck,
  formatCheck,
  lintCheck,
  knipCheck,
  typesCheck,
  examplesCheck,
  buildCheck,
  publishedCheck,
];

/** Runs the named checks (all without names), prints one line each, and returns how many failed. */
async function runChecks(root: string, names: readonly string[]): Promise<number> {
  const chosen =
    names.length === 0 ? checks : checks.filter(({ name }) => names.includes(name.split(',')[0] as string));
  const known = checks.map(({ name }) => name.split(',')[0]);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no check named ${unknown.join(', ')}. Choose from ${known.join(', ')}.`);
  let failed = 0;
  for (const { name, run } of chosen) {
    const start = performance.now();
    const problems = await (async () => run(root))().catch((error: Error) => [error.message]);
    const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`;
    console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(14)} ${seconds}`);
    for (const problem of problems) console.log(`      ${problem.replaceAll('\n', '\n      ')}`);
    if (problems.length > 0) failed++;
    if (name === 'build' && problems.length > 0) {
      console.log('      The checks after it look at what was built: left out.');
      break;
    }
  }
  console.log(failed === 0 ? `${chosen.length} checks passed` : `${failed} of ${chosen.length} checks failed`);
  return failed;
}

process.exitCode = (await runChecks(repositoryRoot, process.argv.slice(2))) > 0 ? 1 : 0;
