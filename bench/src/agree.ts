import type { Training } from './contenders/contender.ts';
import type { HostBatch } from './data.ts';

/** How far the first losses of two contenders may lie apart. */
export const TOLERANCE = 1e-4;

/** A contender with the model it trains. */
export interface Entry {
  readonly name: string;
  readonly training: Training;
}

/** Settings of {@link checkAgreement}. */
export interface AgreementOptions {
  /** How far losses after the first may lie apart. Default {@link TOLERANCE}. */
  readonly tolerance?: number;
  /** A contender that has taken longer than this stops after two steps. Default: no limit. */
  readonly limitMs?: number;
}

/**
 * Makes one step per batch with each contender and compares the losses with the first's.
 * @returns The largest difference.
 * @throws if two losses lie too far apart: then they do not train the same, and times say nothing.
 */
export async function checkAgreement(
  entries: readonly Entry[],
  batches: readonly HostBatch[],
  options: AgreementOptions = {},
): Promise<number> {
  const { tolerance = TOLERANCE, limitMs = Infinity } = options;
  let ours: number[] | undefined;
  let largest = 0;
  for (const { name, training } of entries) {
    const losses = await lossesOf(training, batches, limitMs);
    ours ??= losses;
    const differences = losses.map((loss, step) => Math.abs(loss - ours![step]!));
    const wrong = differences.findIndex((difference, step) => !(difference <= (step === 0 ? TOLERANCE : tolerance)));
    if (wrong >= 0) throw disagreement(name, { ours, theirs: losses, tolerance: wrong === 0 ? TOLERANCE : tolerance });
    largest = Math.max(largest, ...differences);
  }
  return largest;
}

async function lossesOf(training: Training, batches: readonly HostBatch[], limitMs: number): Promise<number[]> {
  const [first, ...rest] = batches;
  if (training.steps !== undefined && rest.length > 0) {
    return [await training.step(first!), ...(await training.steps(rest))];
  }
  const start = performance.now();
  const losses: number[] = [];
  for (const batch of batches) {
    if (losses.length >= 2 && performance.now() - start > limitMs) break;
    losses.push(await training.step(batch));
  }
  return losses;
}

interface Losses {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  readonly tolerance: number;
}

function disagreement(name: string, { ours, theirs, tolerance }: Losses): Error {
  const show = (losses: readonly number[]): string => losses.map((loss) => loss.toFixed(5)).join(' ');
  return new Error(
    `train: '${name}' does not train the same model. Got losses ${show(theirs)}; expected those of gai within ` +
      `${tolerance}: ${show(ours)}. Nothing was timed.`,
  );
}
