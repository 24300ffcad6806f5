import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { makeStep, runStep } from './contenders/gai.ts';
import { makeBatches, makeWeights } from './data.ts';
import { median } from './interleave.ts';
import { containsOthers, kernelTimes, kernelsOf, opTimes, totalMs } from './kernels.ts';
import type { KernelEvent, KernelTime } from './kernels.ts';
import { models } from './models/index.ts';
import type { BenchModel } from './models/model.ts';
import { formatColumns } from './report.ts';
import { UsageError, parseCount } from './usage.ts';

export const PROFILE_USAGE = `pnpm bench profile <model> [options]: where the time of our train step goes, kernel by kernel

  <model>          ${models.map(({ name }) => name).join(' | ')}
  --threads <n>    threads of a kernel. Default 1
  --steps <n>      steps measured, after 3 to warm up. Default 20
  --top <n>        kernels listed. Default 25`;

/** Steps before the first that counts. */
const WARM_UP = 3;

export interface ProfileSettings {
  readonly model: BenchModel;
  readonly threads: number;
  readonly steps: number;
  readonly top: number;
}

export function parseProfile(args: string[]): ProfileSettings {
  const text = { type: 'string' } as const;
  const options = { threads: text, steps: text, top: text } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const model = models.find(({ name }) => name === positionals[0]);
  if (model === undefined || positionals.length !== 1) {
    throw new UsageError(`profile: there is no model '${positionals.join(' ')}'.`);
  }
  const count = (name: keyof typeof values, otherwise: string): number =>
    parseCount('profile', name, values[name] ?? otherwise);
  return { model, threads: count('threads', '1'), steps: count('steps', '20'), top: count('top', '25') };
}

/** Makes steps and gives the median of their times; `profile` is where the runtime writes its trace. */
async function runSteps({ model, threads, steps }: ProfileSettings, profile?: string): Promise<number> {
  const backend = await nodeBackend({ device: 'cpu', threads, profile });
  setDefaultBackend(backend);
  const step = makeStep(model, makeWeights(model, 1));
  const [batch] = makeBatches(model, 1, 2);
  const times: number[] = [];
  for (let done = 0; done < steps + WARM_UP; done++) {
    const start = performance.now();
    await runStep(step, batch!);
    if (done >= WARM_UP) times.push(performance.now() - start);
  }
  await backend.dispose();
  return median(times);
}

/** The kernels of the graph in which most time went by; other graphs make keys and the like. */
async function traceSteps(settings: ProfileSettings): Promise<{ stepMs: number; events: KernelEvent[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'gai-profile-'));
  try {
    const stepMs = await runSteps(settings, join(folder, 'graph'));
    const traces = readdirSync(folder).map((file) => kernelsOf(JSON.parse(readFileSync(join(folder, file), 'utf8'))));
    const total = (events: readonly KernelEvent[]): number => events.reduce((sum, { dur }) => sum + dur, 0);
    return { stepMs, events: traces.reduce((a, b) => (total(b) > total(a) ? b : a), []) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function formatTime(time: Omit<KernelTime, 'name' | 'shapes'>, total: number): string[] {
  const { op, count, ms, flops } = time;
  const share = containsOthers(time) ? 'contains' : `${((100 * ms) / total).toFixed(1)} %`;
  return [op, count.toFixed(0), ms.toFixed(3), share, flops === 0 ? '' : (flops / ms / 1e6).toFixed(1)];
}

function formatKernels(kernels: readonly KernelTime[], top: number): string {
  const total = totalMs(kernels);
  const head = ['op', 'runs', 'ms', 'share', 'GFLOP/s'];
  const words = ['op', 'kernel', 'shapes'];
  const ops = opTimes(kernels).map((time) => formatTime(time, total));
  const single = kernels.slice(0, top).map((time) => [...formatTime(time, total), time.name, time.shapes]);
  return `${formatColumns(head, ops, words)}\n\n${formatColumns([...head, 'kernel', 'shapes'], single, words)}`;
}

/** `pnpm bench profile`. */
export async function profile(settings: ProfileSettings): Promise<void> {
  const { model, threads, top } = settings;
  const plainMs = await runSteps(settings);
  const { stepMs, events } = await traceSteps(settings);
  const kernels = kernelTimes(events, settings.steps + WARM_UP, WARM_UP);
  console.log(
    `${model.name}, threads ${threads}: a step takes ${plainMs.toFixed(2)} ms, ${stepMs.toFixed(2)} ms while it is ` +
      `watched, ${totalMs(kernels).toFixed(2)} ms of that in its ${kernels.length} kernels.\n\n${formatKernels(kernels, top)}`,
  );
}
