import { isFloat, isInteger } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { BackendError, GaiError } from '../errors.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import { evaluate } from '../runtime/read.ts';
import { onesLike } from '../ops/structural.ts';
import { vjp } from '../transforms/grad.ts';
import { isRefusal } from './limits.ts';
import { plain, toTensor } from './plain.ts';
import type { Plain, Sample } from './sample.ts';

/**
 * What an op does in a dtype on a backend: runs with its gradient; runs; is refused by name before there is a session;
 * is not defined for the dtype on any backend; failed in the runtime, which is a mistake of ours.
 */
export type OpSupport = 'gradient' | 'forward' | 'refused' | 'undefined' | 'failed';

/** The dtypes that {@link measureOps} tries. */
export const SUPPORT_DTYPES: readonly DType[] = [
  'float32',
  'float64',
  'float16',
  'int32',
  'uint32',
  'uint8',
  'int8',
  'int64',
  'bool',
];

/** What the sample's loop ends at may be out of reach of another dtype. */
const UNBOUNDED = new Set(['while']);

/** Ops that only the gradients of others make: nobody can give them operands that have none. */
const OF_GRADIENTS = new Set(['maxPoolGradient', 'maxPoolGather', 'avgUnpool', 'convWeightGradient']);

/**
 * Runs the first sample of every op in every dtype on the default backend.
 * @param samples - Samples by op name, one record per family.
 * @returns For each op and dtype what came of it; ops without operands have one entry, their own dtype.
 * @category Testing
 */
export async function measureOps(
  samples: readonly Readonly<Record<string, readonly Sample[]>>[],
): Promise<Record<string, Partial<Record<DType, OpSupport>>>> {
  const found: Record<string, Partial<Record<DType, OpSupport>>> = {};
  for (const [name, [sample]] of samples.flatMap((family) => Object.entries(family))) {
    if (sample === undefined || UNBOUNDED.has(name)) continue;
    const own = primaryOf(sample);
    const dtypes = own === undefined ? [] : SUPPORT_DTYPES.filter((dtype) => isFloat(dtype) || !OF_GRADIENTS.has(name));
    const entries: [DType, OpSupport][] = [];
    for (const dtype of dtypes) entries.push([dtype, await supportOf(sample, own!, dtype)]);
    found[name] = Object.fromEntries(entries);
  }
  return found;
}

/** The dtype that is varied: that of the first float operand, else of the first one. */
function primaryOf({ inputs }: Sample): DType | undefined {
  const dtypes = inputs.map(({ dtype }) => dtype ?? 'float32');
  return dtypes.find(isFloat) ?? dtypes[0];
}

async function supportOf(sample: Sample, from: DType, to: DType): Promise<OpSupport> {
  const inputs = sample.inputs.map((input) => ((input.dtype ?? 'float32') === from ? inDType(input, to) : input));
  try {
    const run = (...given: Tensor[]): Tensor[] => [sample.run(...given)].flat() as Tensor[];
    await evaluate(...run(...inputs.map(toTensor)));
    return (await hasGradient(run, inputs)) ? 'gradient' : 'forward';
  } catch (error) {
    if (isRefusal(error)) return 'refused';
    // What is refused where the graph is built is refused everywhere.
    if (GaiError.isInstance(error) && !(error instanceof BackendError)) return 'undefined';
    return 'failed';
  }
}

/** Whether some float result has a gradient with respect to some float operand, and the provider computes it. */
async function hasGradient(run: (...inputs: Tensor[]) => Tensor[], inputs: readonly Plain[]): Promise<boolean> {
  const tensors = inputs.map(toTensor);
  const chosen = tensors.filter(({ dtype }) => isFloat(dtype));
  if (chosen.length === 0) return false;
  try {
    const { value, pullback } = vjp((given: readonly Tensor[]) => {
      const rest = [...given];
      return run(...tensors.map((tensor) => (isFloat(tensor.dtype) ? rest.shift()! : tensor))).filter(({ dtype }) =>
        isFloat(dtype),
      );
    }, chosen);
    if (value.length === 0) return false;
    const [gradients] = pullback(value.map((result) => onesLike(result)));
    await evaluate(...gradients.filter(isTensor));
    return true;
  } catch (error) {
    if (GaiError.isInstance(error)) return false;
    throw error;
  }
}

/** The same numbers, as far as a dtype holds them. */
function inDType({ shape, values }: Plain, dtype: DType): Plain {
  const held = values.map((value) => {
    if (isFloat(dtype)) return value;
    if (dtype === 'bool') return Number(value > 0);
    const whole = isInteger(dtype) && dtype.startsWith('u') ? Math.abs(value) : value;
    // Away from 0, which integers must not be divided by.
    return Number.isFinite(whole) ? Math.sign(whole) * Math.ceil(Math.abs(whole)) : 0;
  });
  return plain(shape, held, dtype);
}
