import { GaiError } from '../errors.ts';
import { lower } from '../lowering/lower.ts';
import { programOf } from '../lowering/program.ts';
import { nativeTarget } from '../lowering/target.ts';
import { getDefaultBackend } from '../runtime/default.ts';
import { spec, traceArgs } from '../trace/trace.ts';
import type { TensorSpec } from '../trace/trace.ts';
import { compute } from './case.ts';
import type { Case } from './case.ts';
import type { Sample } from './sample.ts';

/** What a device cannot promise. Nothing is left out by default. */
export interface Limits {
  /** Absolute and relative tolerance of floats, where that of a sample or dtype is smaller. */
  readonly tolerance?: number | undefined;
  /** The device need not keep NaN and infinities (WGSL says so): elements that should be one are not compared. */
  readonly finiteOnly?: boolean | undefined;
  /** Is told of samples that the library refuses on this backend, by name and before a session. Else they are problems. */
  readonly onRefused?: ((sample: Sample, reason: GaiError) => void) | undefined;
}

/** Whether an error is the refusal of an op that the provider does not support. */
export function isRefusal(error: unknown): error is GaiError {
  return GaiError.isInstance(error) && 'operator' in error.details && 'provider' in error.details;
}

/** Why a case is refused on the default backend, without making a session. */
export function refusalOf(one: Case): GaiError | undefined {
  try {
    const specs = one.inputs.map(({ shape, dtype }) => spec(shape, dtype));
    const traced = traceArgs(
      (...inputs) => ({ ...compute(one, inputs) }),
      specs,
      (leaf) => leaf as TensorSpec,
    );
    lower(programOf(traced), { target: nativeTarget(getDefaultBackend()) });
    return undefined;
  } catch (error) {
    // Anything else comes again, with its sample, when the case is run.
    return isRefusal(error) ? error : undefined;
  }
}
