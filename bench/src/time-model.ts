import type { Backend } from '@gai/core/backend';
import { checkAgreement } from './agree.ts';
import type { Entry } from './agree.ts';
import type { Contender, Weights } from './contenders/contender.ts';
import { gai } from './contenders/gai.ts';
import { makeBatches, makeWeights } from './data.ts';
import type { HostBatch } from './data.ts';
import { interleave, processorTime } from './interleave.ts';
import type { Clock, Task, Timing } from './interleave.ts';
import { flopsOf } from './models/flops.ts';
import type { BenchModel } from './models/model.ts';
import { PEAK_FLOPS, peakTask } from './peak.ts';
import type { Row } from './report.ts';

/** Below this share of a core, one thread was disturbed so often that its times mean little. */
const QUIET = 0.9;

/** Steps that run together take no longer than this, and are no more: as `fit` has it. */
const RUN_MS = 80;
const MOST_STEPS = 64;

/** Who is timed, and how. */
export interface TimeSettings {
  readonly runtime: Row['runtime'];
  /** Ours: one per number of threads. */
  readonly backends: readonly (Backend & { readonly threads: number })[];
  readonly peers: readonly Contender[];
  /** Threads of peers that have no say. Default 1: the peers have one in Node. */
  readonly peerThreads?: number;
  readonly rounds: number;
  readonly clock: Clock;
  /** How long a contender may take to agree, and to be timed; it makes at least two steps each. */
  readonly limitMs: number;
}

const say = (text: string): void => console.error(text);

interface Prepared extends Entry {
  readonly contender: Contender;
}

/** Makes every contender ready that trains the model, and says which do not. */
async function prepareAll(
  model: BenchModel,
  contenders: readonly Contender[],
  data: { readonly weights: Weights; readonly batches: readonly HostBatch[] },
): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  const reasons = new Set<string>();
  for (const contender of contenders) {
    const { name } = contender;
    const reason = contender.without(model);
    if (reason !== undefined) reasons.add(`${model.name}: without ${name}: ${reason}.`);
    else prepared.push({ name, contender, training: await contender.prepare(model, data.weights, data.batches) });
  }
  for (const reason of reasons) say(reason);
  return prepared;
}

/** Times one model on every backend, beside every peer that has it. Runs in Node and in a page. */
export async function timeModel(model: BenchModel, settings: TimeSettings): Promise<Row[]> {
  const { backends, peers } = settings;
  const data = { weights: makeWeights(model, 1), batches: makeBatches(model, model.agreeingSteps, 2) };
  const entries = await prepareAll(model, [...backends.map(gai), ...peers], data);
  try {
    const timings = await timeEntries(entries, data.batches, { ...settings, model });
    if (backends[0]!.threads === 1 && settings.clock === 'wall') warnIfBusy(model.name, timings[0]!);
    return makeRows(model, settings, { contenders: entries.map(({ contender }) => contender), timings });
  } finally {
    for (const { training } of entries) training.close?.();
  }
}

/** Of the contenders, whose losses must agree, and of MatMul on each backend. */
async function timeEntries(
  entries: readonly Entry[],
  batches: readonly HostBatch[],
  { model, backends, rounds, clock, limitMs }: TimeSettings & { readonly model: BenchModel },
): Promise<Timing[]> {
  const { name, tolerance } = model;
  const difference = await checkAgreement(entries, batches, { tolerance, limitMs });
  say(`${name}: the losses agree to ${difference.toExponential(1)}.`);
  const steps = entries.map((entry) => taskOf(entry, batches, clock));
  return interleave([...steps, ...backends.map(peakTask)], { rounds, clock, limitMs });
}

function taskOf({ name, training }: Entry, batches: readonly HostBatch[], clock: Clock): Task {
  // On a busy machine time that passes says nothing about how many steps a run should have.
  const now = clock === 'cpu' ? processorTime : () => performance.now();
  let next = 0;
  const take = (): HostBatch => batches[next++ % batches.length]!;
  let stepMs = RUN_MS;
  const run = async (count: number): Promise<void> => {
    for (let left = count; left > 0;) {
      const most = training.steps === undefined ? 1 : Math.min(MOST_STEPS, Math.max(1, Math.floor(RUN_MS / stepMs)));
      const together = Math.ceil(left / Math.ceil(left / most)); // runs of about the same length
      const start = now();
      if (together > 1) await training.steps!(Array.from({ length: together }, take));
      else await training.step(take());
      stepMs = (now() - start) / together;
      left -= together;
    }
  };
  return { name, run, time: training.time?.bind(training) };
}

interface Results {
  /** Ours first, one per backend. */
  readonly contenders: readonly Contender[];
  /** Of the contenders, then of MatMul on each backend. */
  readonly timings: readonly Timing[];
}

function makeRows(
  model: BenchModel,
  { runtime, backends, peerThreads = 1 }: TimeSettings,
  { contenders, timings }: Results,
): Row[] {
  const peaks = timings.slice(-backends.length);
  const [single, singlePeak] = [timings[0]!.ms, peaks[0]!.ms];
  return backends.flatMap(({ threads }, index) => {
    const [stepMs, peakMs] = [timings[index]!.ms, peaks[index]!.ms];
    const shareOfPeak = flopsOf(model) / stepMs / (PEAK_FLOPS / peakMs);
    const common = { runtime, model: model.name, threads, stepMs, shareOfPeak } as const;
    const scaling = index === 0 ? {} : { scaling: single / stepMs / (singlePeak / peakMs) };
    const itself = { contender: 'gai', peerThreads: threads, peerStepMs: stepMs, peerOverOurs: 1 };
    const peers = contenders.flatMap((peer, place): Row[] => {
      const { name: contender, threads: own = threads } = peer;
      if (place < backends.length || own !== threads) return [];
      const peerStepMs = timings[place]!.ms;
      const peerOverOurs = peerStepMs / stepMs;
      return [{ ...common, contender, peerThreads: peer.threads ?? peerThreads, peerStepMs, peerOverOurs }];
    });
    return [{ ...common, ...itself, ...scaling }, ...peers];
  });
}

function warnIfBusy(model: string, { cores }: Timing): void {
  if (cores >= QUIET) return;
  const share = `${(100 * cores).toFixed(0)} %`;
  say(`${model}: the machine is busy, our one thread got ${share} of a core. Use --clock cpu --threads 1.`);
}
