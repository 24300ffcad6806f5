import type { Training } from './contenders/contender.ts';
import type { HostBatch } from './data.ts';

/** How far the losses of two contenders may lie apart. */
export const TOLERANCE = 1e-4;

/** A contender with the model it trains. */
export interface Entry {
  readonly name: string;
  readonly training: Training;
}

/**
 * Makes one step per batch with each contender and compares the losses with the first's.
 * @returns The largest difference.
 * @throws if two losses differ by more than {@link TOLERANCE}: then they do not train the same, and times say nothing.
 */
export async function checkAgreement(entries: readonly Entry[], batches: readonly HostBatch[]): Promise<number> {
  const losses: number[][] = [];
  for (const { training } of entries) {
    const own: number[] = [];
    for (const batch of batches) own.push(await training.step(batch));
    losses.push(own);
  }
  const [ours, ...others] = losses;
  const differences = others.map((own) => Math.max(...own.map((loss, index) => Math.abs(loss - ours![index]!))));
  const worst = differences.findIndex((difference) => !(difference <= TOLERANCE));
  if (worst >= 0) throw disagreement(entries[worst + 1]!.name, ours!, others[worst]!);
  return Math.max(...differences);
}

function disagreement(name: string, ours: readonly number[], theirs: readonly number[]): Error {
  const show = (losses: readonly number[]): string => losses.map((loss) => loss.toFixed(5)).join(' ');
  return new Error(
    `train: '${name}' does not train the same model. Got losses ${show(theirs)}; expected those of gai within ` +
      `${TOLERANCE}: ${show(ours)}. Nothing was timed.`,
  );
}
