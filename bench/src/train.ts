import { parseArgs } from 'node:util';
import { nodeBackend } from '@gai/backend-node';
import type { NodeBackend } from '@gai/backend-node';
import { checkAgreement } from './agree.ts';
import type { Entry } from './agree.ts';
import { gai } from './contenders/gai.ts';
import { peers } from './contenders/index.ts';
import { makeBatches, makeWeights } from './data.ts';
import { interleave } from './interleave.ts';
import type { Clock, Task, Timing } from './interleave.ts';
import { models } from './models/index.ts';
import { flopsOf } from './models/model.ts';
import type { BenchModel } from './models/model.ts';
import { PEAK_FLOPS, peakTask } from './peak.ts';
import { formatJson, formatTable } from './report.ts';
import type { Row } from './report.ts';

/** Steps whose losses must agree before anything is timed. */
const AGREEING_STEPS = 10;
/** Below this share of a core, one thread was disturbed so often that its times mean little. */
const QUIET = 0.9;

export interface TrainSettings {
  readonly models: readonly BenchModel[];
  /** Undefined: one, and as many as the backend takes by itself. */
  readonly threads: number | undefined;
  readonly rounds: number;
  readonly clock: Clock;
  readonly json: boolean;
}

/** A wrong command line. */
export class UsageError extends Error {}

export const TRAIN_USAGE = `pnpm bench train [options]: our train step beside those of others, in one run

  --json           the last line is {"rows":[…]}
  --model <name>   ${models.map(({ name }) => name).join(' | ')}; all without it
  --threads <n>    only this many; one and the default without it
  --clock <name>   wall | cpu (processor time, for a busy machine; with --threads 1). Default wall
  --rounds <n>     blocks timed of each contender. Default 15`;

export function parseTrain(args: string[]): TrainSettings {
  const text = { type: 'string' } as const;
  const options = { json: { type: 'boolean' }, model: text, threads: text, clock: text, rounds: text } as const;
  const { values } = parseArgs({ args, options });
  const chosen = models.filter(({ name }) => values.model === undefined || name === values.model);
  const clock = values.clock ?? 'wall';
  if (chosen.length === 0) throw new UsageError(`train: there is no model '${values.model}'.`);
  if (clock !== 'wall' && clock !== 'cpu') throw new UsageError(`train: there is no clock '${clock}'.`);
  if (clock === 'cpu' && values.threads !== '1')
    throw new UsageError('train: --clock cpu adds up threads; use --threads 1.');
  const threads = values.threads === undefined ? undefined : parseCount('threads', values.threads);
  const rounds = parseCount('rounds', values.rounds ?? '15');
  return { models: chosen, threads, rounds, clock, json: values.json ?? false };
}

function parseCount(name: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new UsageError(`train: --${name} is not a count. Got '${text}'; expected a whole number from 1.`);
}

/** One backend per number of threads. */
async function openBackends(threads: number | undefined): Promise<NodeBackend[]> {
  const first = await nodeBackend({ device: 'cpu', threads: threads ?? 1 });
  if (threads !== undefined) return [first];
  const second = await nodeBackend({ device: 'cpu' });
  return second.threads === first.threads ? [first] : [first, second];
}

const say = (text: string): void => console.error(text);

/** Times one model on every backend, beside every peer that has it. */
async function timeModel(model: BenchModel, backends: readonly NodeBackend[], settings: TrainSettings): Promise<Row[]> {
  const weights = makeWeights(model, 1);
  const batches = makeBatches(model, AGREEING_STEPS, 2);
  const contenders = [...backends.map(gai), ...peers.filter((peer) => peer.supports(model))];
  const entries: Entry[] = [];
  for (const peer of contenders) entries.push({ name: peer.name, training: await peer.prepare(model, weights) });
  const difference = await checkAgreement(entries, batches);
  say(`${model.name}: losses of ${AGREEING_STEPS} steps agree to ${difference.toExponential(1)}`);
  const steps = entries.map(({ name, training }): Task => {
    let next = 0;
    return { name, run: () => training.step(batches[next++ % batches.length]!) };
  });
  const timings = await interleave([...steps, ...backends.map(peakTask)], settings);
  const count = backends.length;
  const [ours, theirs] = [timings.slice(0, count), timings.slice(count, -count)];
  const peaks = timings.slice(-count);
  if (backends[0]!.threads === 1) warnIfBusy(model.name, ours[0]!);
  return backends.flatMap(({ threads }, index) =>
    theirs.map((peer, place): Row => {
      const [step, peak] = [ours[index]!.ms, peaks[index]!.ms];
      return {
        model: model.name,
        contender: contenders[count + place]!.name,
        threads,
        stepMs: step,
        peerStepMs: peer.ms,
        peerOverOurs: peer.ms / step,
        shareOfPeak: flopsOf(model) / step / (PEAK_FLOPS / peak),
      };
    }),
  );
}

function warnIfBusy(model: string, { cores }: Timing): void {
  if (cores >= QUIET) return;
  const share = `${(100 * cores).toFixed(0)} %`;
  say(`${model}: the machine is busy, our one thread got ${share} of a core. Use --clock cpu --threads 1.`);
}

/** `pnpm bench train`. */
export async function train(settings: TrainSettings): Promise<Row[]> {
  const backends = await openBackends(settings.threads);
  const rows: Row[] = [];
  for (const model of settings.models) rows.push(...(await timeModel(model, backends, settings)));
  for (const backend of backends) await backend.dispose();
  console.log(formatTable(rows));
  if (settings.json) console.log(formatJson(rows));
  return rows;
}
