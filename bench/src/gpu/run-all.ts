import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { arch, cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { ops, trained } from './parts.ts';
import type { Line } from './protocol.ts';
import { summarize } from './summary.ts';

/** Seconds that everything may take; the ops that are not reached are named. */
const SECONDS = 220;
/** Of them, what training one model may take, and one process that checks ops. */
const PART_SECONDS = 60;

/** Runs every part and reports. Returns the exit code: 1 if something is wrong, 0 also where there is no GPU. */
export async function runAll(args: string[]): Promise<number> {
  const options = { seconds: { type: 'string' }, out: { type: 'string' } } as const;
  const { seconds = String(SECONDS), out = 'gpu-results.json' } = parseArgs({ args, options }).values;
  const end = performance.now() + 1000 * Number(seconds);
  const left = (): number => Math.max(1, (end - performance.now()) / 1000);
  const lines: Line[] = [];
  const run = async (...part: string[]): Promise<Line[]> => {
    const found = await runPart(part, Math.min(PART_SECONDS + 10, left()));
    lines.push(...found);
    return found;
  };
  const [device] = await run('device');
  if (device?.kind === 'device') {
    for (const name of trained) await run('train', name);
    await conformAll(run, left);
  }
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, system: `${arch()} ${release()}` };
  const results = { machine, node: process.version, ops: ops.length, lines };
  writeFileSync(out, `${JSON.stringify(results)}\n`);
  const { text, failed } = summarize(lines, ops);
  console.log(`${JSON.stringify(results)}\n${text}\nEverything is in ${out}.`);
  return failed ? 1 : 0;
}

/** From op to op; where the process ended in one, the next process begins behind it. */
async function conformAll(run: (...part: string[]) => Promise<Line[]>, left: () => number): Promise<void> {
  for (let from = 0; from < ops.length && left() > 2;) {
    const found = await run('conform', String(from), String(Math.min(PART_SECONDS, left() - 1)));
    const begun = found.findLast((line) => line.kind === 'begin');
    if (begun === undefined) return;
    from = ops.indexOf(begun.what) + 1;
  }
}

/** The lines that a part printed; one more if it ended, or was ended, in the middle. */
function runPart(part: readonly string[], seconds: number): Promise<Line[]> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...part], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: Math.round(1000 * seconds),
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr = (stderr + text.toString()).slice(-2000)));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
      const found = lines.map((line) => JSON.parse(line) as Line);
      if (child.killed) found.push({ kind: 'late', what: partOf(found, part) });
      else if (code !== 0) found.push(failure(found, part, `${signal ?? `code ${code}`} after: ${stderr.trim()}`));
      resolve(found);
    });
  });
}

const failure = (lines: readonly Line[], part: readonly string[], how: string): Line => ({
  kind: 'failed',
  what: partOf(lines, part),
  reason: `the process ended with ${how}`,
});

/** What was being done at the end of these lines. */
function partOf(lines: readonly Line[], part: readonly string[]): string {
  const last = lines.at(-1);
  return last?.kind === 'begin' ? last.what : part.slice(0, 2).join(' ');
}
