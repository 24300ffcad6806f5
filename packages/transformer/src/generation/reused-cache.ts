import { ArgumentError } from '@gai/core';
import type { KeyValueCache } from '@gai/nn';
import type { PromptCache } from './prompt-cache.ts';
import type { Row } from './row.ts';
import type { StepProgram } from './step-program.ts';

/**
 * What a cache of before holds of the prompts; undefined where there is none, the weights are others since, or a text is so long that its
 * keys depend on its length. The last token of each prompt is computed anew, since what follows on it is asked for.
 */
// oxlint-disable-next-line max-params -- what it looks at.
export async function reusedCache(
  program: StepProgram,
  rows: readonly Row[],
  before: PromptCache | undefined,
  steadyLength: number,
): Promise<KeyValueCache | undefined> {
  if (before === undefined) return undefined;
  const held = before.ids;
  if (held.length !== rows.length && held.length !== 1) throw misfit(held.length, rows.length);
  if ([...held, ...rows.map(({ ids }) => ids)].some(({ length }) => length > steadyLength)) return undefined;
  const keys = before.keysFor(program);
  if (keys === undefined) return undefined;
  const common = rows.map(({ ids, index }) => {
    const other = held[held.length === 1 ? 0 : index]!;
    const differs = ids.findIndex((id, at) => id !== other[at]);
    return Math.min(differs < 0 ? ids.length : differs, ids.length - 1);
  });
  try {
    if (held.length !== rows.length) await keys.gather(rows.map(() => 0));
    keys.truncate(common);
  } catch (error) {
    keys.dispose();
    throw error;
  }
  return keys;
}

const misfit = (held: number, rows: number): ArgumentError =>
  new ArgumentError(
    `generate: the promptCache has other rows. Got ${held} for a batch of ${rows}; expected as many, or one that all begin with. Pass the ` +
      `cache of this batch.`,
    { op: 'generate', details: { held, rows } },
  );
