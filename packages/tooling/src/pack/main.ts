import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishedPackages, repositoryRoot } from '../workspace.ts';
import { installFromTarballs, tryPackage } from './install.ts';
import { packAll } from './pack.ts';
import { tryCommandLine } from './try-command-line.ts';

/** Prints one line for a trial and its problems below; returns how many there were. */
async function report(name: string, trial: (consumer: string) => Promise<string[]>): Promise<number> {
  const consumer = join(folder, 'consumer');
  const start = performance.now();
  const problems = await trial(consumer);
  const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`;
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(24)} ${seconds}`);
  for (const problem of problems) console.log(`      ${problem.replaceAll('\n', '\n      ')}`);
  rmSync(consumer, { recursive: true, force: true });
  return problems.length;
}

const folder = mkdtempSync(join(tmpdir(), 'gai-install-'));
try {
  const tarballs = await packAll(repositoryRoot, folder);
  let problems = await report('@gai/core and no other', (consumer) =>
    installFromTarballs(['@gai/core'], tarballs, consumer),
  );
  for (const found of publishedPackages(repositoryRoot)) {
    problems += await report(found.manifest.name, (consumer) => tryPackage(found, tarballs, consumer));
  }
  for (const manager of ['npm', 'pnpm'] as const) {
    problems += await report(`gai, with ${manager}`, (consumer) => tryCommandLine(manager, tarballs, consumer));
  }
  console.log(problems === 0 ? 'every package installs and runs alone' : `${problems} problems`);
  process.exitCode = problems > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
