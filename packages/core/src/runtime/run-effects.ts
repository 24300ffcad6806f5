import type { DeviceBuffer } from '../backend/backend.ts';
import { internalError } from '../errors.ts';
import type { Effect } from '../lowering/effects.ts';

/** Does what the effects say with what the run gave; an effect may throw, and then the run counts as failed. */
export async function runEffects(effects: readonly Effect[], results: readonly DeviceBuffer[]): Promise<void> {
  for (const [index, { probe, run }] of effects.entries()) {
    const buffer = results[index];
    if (buffer === undefined) throw internalError('an effect has no value.');
    const data = await buffer.read();
    const origin = probe.node.inputs[0]?.node.origin ?? probe.node.origin;
    run({ data, shape: buffer.shape, dtype: buffer.dtype, origin });
  }
}
