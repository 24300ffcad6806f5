import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runCommand } from '../run.ts';

/** What a program did besides its work. */
export interface Watched {
  readonly code: number;
  readonly output: string;
  /** Files it left in a home that was empty. */
  readonly files: readonly string[];
  /** Its attempts to find or reach another machine; undefined where no tool shows them. */
  readonly lookups: readonly string[] | undefined;
}

const STRACE = ['/usr/bin/strace', '/usr/local/bin/strace', '/bin/strace'].find((path) => existsSync(path));

/** Why look-ups cannot be seen here, or undefined. */
export const missingTracer = STRACE === undefined ? 'strace is absent: apt-get install strace' : undefined;

/** An internet address in a call, or the files and sockets of name resolution. */
const LOOKUP = /sa_family=AF_INET|"\/etc\/(?:resolv\.conf|hosts)"|io\.systemd\.Resolve/;

/**
 * Runs a Node program with an empty home, without the variables by which programs tell that they run in a test, and
 * watches what it leaves there and whom it looks for.
 * @param args - `{room}` in them stands for a folder that is removed afterwards.
 */
export async function watchProgram(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Watched> {
  const room = mkdtempSync(join(tmpdir(), 'gai-quiet-'));
  const [home, trace] = [join(room, 'home'), join(room, 'trace')];
  const clean = ['-i', `PATH=${process.env['PATH'] ?? ''}`, `HOME=${home}`, `TMPDIR=${room}`];
  for (const kind of ['CACHE', 'CONFIG', 'DATA', 'STATE']) clean.push(`XDG_${kind}_HOME=${join(home, kind)}`);
  for (const [name, value] of Object.entries(env)) clean.push(`${name}=${value}`);
  const tracer = ['-f', '--seccomp-bpf', '-qq', '-e', 'trace=connect,sendto,sendmsg,sendmmsg,open,openat', '-o', trace];
  const command = [...clean, ...(STRACE === undefined ? [] : [STRACE, ...tracer]), process.execPath];
  command.push(...args.map((arg) => arg.replace('{room}', room)));
  try {
    const { code, output } = await runCommand('/usr/bin/env', command, { cwd, timeout: 600_000 });
    const lines = STRACE === undefined ? undefined : readFileSync(trace, 'utf8').split('\n');
    return { code, output, files: filesBelow(home), lookups: lines?.filter((line) => LOOKUP.test(line)) };
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

/** Every file below a folder, hidden ones too. */
function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => !statSync(path).isDirectory())
    .map((path) => relative(folder, path));
}
