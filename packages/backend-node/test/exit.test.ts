import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { full } from './few-samples.ts';
import { start } from './programs/run.ts';

/** Milliseconds after which a program ends; each starts a process. */
const DELAYS = full ? [0, 7, 21, 50, 90, 140] : [0, 21, 90];

/** How a program ended that was in the middle of a run. */
async function ending(way: string, delay: number): Promise<unknown> {
  const program = await start('exit-during-run.ts', way, String(delay));
  let errors = '';
  program.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  return new Promise((resolve) =>
    program.on('close', (code, signal) =>
      resolve({ end: signal ?? code, aborted: errors.includes('terminate called') }),
    ),
  );
}

describe('a process that ends while its worker runs a graph', { timeout: 240_000 }, () => {
  it.each([
    ['0', 0],
    ['3', 3],
    ['error', 1],
    ['SIGTERM', 'SIGTERM'],
  ])('ends as it was told to: %s', async (way, end) => {
    const ends = await Promise.all(DELAYS.map((delay) => ending(way, delay)));
    expect(ends).toEqual(DELAYS.map(() => ({ end, aborted: false })));
  });
});

it('refuses a worker of a worker: terminating the outer one would end the process', async () => {
  const loader = import.meta.resolve('tsx/esm/api');
  const backend = new URL('../src/index.ts', import.meta.url).href;
  const program = `import('${loader}').then(async ({ register }) => {
    register();
    const { nodeBackend } = await import('${backend}');
    const error = await nodeBackend({ device: 'cpu', worker: true }).catch((error) => error);
    require('node:worker_threads').parentPort.postMessage(error.name + ': ' + error.message);
  });`;
  const thread = new Worker(program, { eval: true, execArgv: ['--conditions=@gai/source'] });
  const message = await new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject));
  await thread.terminate();
  expect(message).toMatchInlineSnapshot(
    `"ArgumentError: nodeBackend: worker needs the main thread. Got worker: true in a worker thread; expected the main thread, because terminating this thread during a run would end the whole process. Leave worker out here, or open the backend in the main thread."`,
  );
});
