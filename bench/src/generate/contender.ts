import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WriteCall, Writer, WriterOptions, Written } from './writer.ts';

/** A contender in a process of its own. */
export interface Contender extends Writer {
  readonly name: string;
  close(): void;
}

type Answer = { readonly ready: true } | { readonly written: Written } | { readonly failed: string };

/** Starts a contender, which loads its model. */
export async function startContender(name: string, options: WriterOptions): Promise<Contender> {
  const program = fileURLToPath(new URL('serve.ts', import.meta.url));
  const child = fork(program, [name, JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name}: its process ended with ${String(code)}.`);
  });
  ended.catch(() => undefined); // Whoever waits for an answer hears of it.
  const answer = async (): Promise<Answer> => {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [Answer];
    if ('failed' in message) throw new Error(`${name}: ${message.failed}`);
    return message;
  };
  await answer();
  const write = async (call: WriteCall): Promise<Written> => {
    const reply = answer();
    child.send(call);
    return ((await reply) as { written: Written }).written;
  };
  return { name, write, close: () => void child.kill() };
}
