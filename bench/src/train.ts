import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@gai/backend-node';
import type { NodeBackend } from '@gai/backend-node';
import { makePeers } from './contenders/index.ts';
import { median } from './interleave.ts';
import type { Clock } from './interleave.ts';
import { formatJson, formatTable } from './report.ts';
import type { FirstStep, Row } from './report.ts';
import { timeModel } from './time-model.ts';
import type { TrainSettings } from './train-options.ts';

/** New processes of which the median first step counts. */
const PROCESSES = 3;

/** What a run of all models may take. A slow machine leaves the last ones out. */
const BUDGET_MS = 9 * 60_000;
/** How long a contender may take to agree, and to be timed, on a machine that is idle. */
const LIMIT_MS = 12_000;

/** One backend per number of threads. */
async function openBackends(threads: number | undefined): Promise<NodeBackend[]> {
  const first = await nodeBackend({ device: 'cpu', threads: threads ?? 1 });
  if (threads !== undefined) return [first];
  const second = await nodeBackend({ device: 'cpu' });
  return second.threads === first.threads ? [first] : [first, second];
}

/** The first step in new processes. */
function timeFirstStep(model: string, threads: number, clock: Clock): FirstStep {
  const program = fileURLToPath(new URL('first-step.ts', import.meta.url));
  const args = [...process.execArgv, program, model, String(threads), clock];
  const times = Array.from({ length: PROCESSES }, () =>
    Number(execFileSync(process.execPath, args, { encoding: 'utf8' })),
  );
  return { model, contender: 'first step', threads, stepMs: median(times) };
}

async function trainInNode(settings: TrainSettings): Promise<{ rows: Row[]; first: FirstStep[] }> {
  const backends = await openBackends(settings.threads);
  const peers = makePeers(backends.map(({ threads }) => threads));
  const wanted = peers.filter(({ name }) => settings.contenders.includes(name));
  const rows: Row[] = [];
  const end = performance.now() + BUDGET_MS;
  for (const [done, model] of settings.models.entries()) {
    const left = (end - performance.now()) / (settings.models.length - done);
    if (left < 0) console.error(`${model.name}: left out, the others took too long. Ask for it alone: --models.`);
    const limitMs = Math.min(LIMIT_MS, left / 2 / (backends.length + wanted.length));
    const timed = { ...settings, runtime: 'node', backends, peers: wanted, limitMs } as const;
    if (left >= 0) rows.push(...(await timeModel(model, timed)));
  }
  for (const backend of backends) await backend.dispose();
  const withGpt = settings.models.some(({ name }) => name === 'gpt');
  return { rows, first: withGpt ? [timeFirstStep('gpt', settings.threads ?? 1, settings.clock)] : [] };
}

async function trainInBrowser(settings: TrainSettings): Promise<{ rows: Row[]; first: FirstStep[] }> {
  const { runInChromium } = await import('./browser/chromium.ts'); // Node alone needs no bundler
  return { rows: await runInChromium(settings), first: [] };
}

/** `pnpm bench train`. */
export async function train(settings: TrainSettings): Promise<Row[]> {
  const { rows, first } = await (settings.browser ? trainInBrowser(settings) : trainInNode(settings));
  console.log(formatTable(rows, first));
  if (settings.json) console.log(formatJson([...rows, ...first]));
  return rows;
}
