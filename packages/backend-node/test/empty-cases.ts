import { createInterface } from 'node:readline';
import { start } from './programs/run.ts';

interface Begun {
  readonly batch: number;
  /** The case that runs alone; -1: the batch runs as one. */
  readonly at: number;
  readonly of: number;
  readonly name: string;
}

/** What the samples of every op do with axes of 0: the number of cases, and what is wrong, crashes included. */
export async function runEmptyCases(most: number): Promise<{ readonly cases: number; readonly problems: string[] }> {
  const problems: string[] = [];
  let next = { batch: 0, at: -1 };
  for (;;) {
    const { begun, done, how } = await runFrom(most, next, problems);
    if (done !== undefined) return { cases: done, problems };
    if (begun === undefined) throw new Error(`the program of empty cases did not start: ${how}`);
    // A batch that ends the process is run again one by one; a case that does is left out.
    if (begun.at >= 0) problems.push(`${begun.name}: the process ended: ${how}`);
    const last = begun.at + 1 === begun.of;
    next = last ? { batch: begun.batch + 1, at: -1 } : { batch: begun.batch, at: begun.at + 1 };
  }
}

interface Ended {
  readonly begun: Begun | undefined;
  readonly done: number | undefined;
  readonly how: string;
}

async function runFrom(
  most: number,
  { batch, at }: { readonly batch: number; readonly at: number },
  problems: string[],
): Promise<Ended> {
  const program = await start('empty.ts', String(most), String(batch), String(at));
  let begun: Begun | undefined;
  let done: number | undefined;
  let errors = '';
  program.stderr!.on('data', (chunk) => (errors += String(chunk)));
  const closed = new Promise<string>((resolve) => {
    program.on('close', (code, signal) => resolve(`${signal ?? code} ${errors.slice(-500)}`));
  });
  for await (const line of createInterface({ input: program.stdout! })) {
    const said = JSON.parse(line) as Begun & { readonly problem?: string; readonly done?: number };
    if (said.problem !== undefined) problems.push(said.problem);
    else if (said.done !== undefined) done = said.done;
    else begun = said;
  }
  return { begun, done, how: await closed };
}
