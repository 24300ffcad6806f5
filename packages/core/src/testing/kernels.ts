import { DTYPE_NAMES, allocate } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { attribute, graphProto, modelProto, nodeProto, rawBytes, tensorProto, valueInfo } from '../onnx/model.ts';
import { OPSET } from '../onnx/opset.ts';
import type { Backend, HostTensor } from '../backend/backend.ts';
import { fromNumber } from '../number.ts';
import { KERNEL_PROBES } from './kernel-probes.ts';
import type { Probe, ProbeOperand } from './kernel-probes.ts';

/** What a session must be able to take; bfloat16 is a storage format only. */
const PROBED = DTYPE_NAMES.filter((dtype) => dtype !== 'bfloat16');

/**
 * Finds out in which dtypes a backend computes each ONNX operator, by running one node of each.
 * @param backend - A strict one: nothing may be left to the CPU behind its back.
 * @returns For each operator, the dtypes of its kernels, in the order of the dtypes.
 * @category Testing
 */
export async function measureKernels(backend: Backend): Promise<Record<string, DType[]>> {
  const found: Record<string, DType[]> = {};
  for (const [name, probeOf] of Object.entries(KERNEL_PROBES)) {
    const dtypes: DType[] = [];
    for (const dtype of PROBED) if (await runs(backend, name, probeOf(dtype), dtype)) dtypes.push(dtype);
    // A kernel of float16 alone is the mark of a node that is taken apart before it is refused.
    found[name] = dtypes.includes('float32') ? dtypes : dtypes.filter((dtype) => dtype !== 'float16');
  }
  return found;
}

/** A device without float16 arithmetic compiles a graph of it (the kernel exists) but cannot run it. */
const needsHalf = (error: unknown): boolean => error instanceof Error && /requires f16/.test(error.message);

async function runs(backend: Backend, name: string, probe: Probe, dtype: DType): Promise<boolean> {
  const { model, inputs, outputs } = modelOf(name, probe, dtype);
  try {
    const session = await backend.load(model, { inputs: inputs.map((_, index) => `x${index}`), outputs });
    try {
      for (const output of await session.run(inputs)) output.dispose();
    } finally {
      await session.release();
    }
    return true;
  } catch (error) {
    return needsHalf(error);
  }
}

function modelOf(
  name: string,
  { operands, attrs = {}, outputs: types }: Probe,
  dtype: DType,
): { model: Uint8Array; inputs: HostTensor[]; outputs: string[] } {
  const [type] = name.split(':') as [string];
  const dot = type.lastIndexOf('.');
  const inputs: HostTensor[] = [];
  const baked: HostTensor[] = [];
  const names = operands.map((operand) => {
    if (operand === null) return '';
    return operand.baked === true
      ? `c${baked.push(hostTensor(operand)) - 1}`
      : `x${inputs.push(hostTensor(operand)) - 1}`;
  });
  const outputs = (types ?? [dtype]).map((_, index) => `y${index}`);
  const node = nodeProto({
    name: 'probe',
    opType: type.slice(dot + 1),
    domain: type.slice(0, Math.max(dot, 0)),
    inputs: names,
    outputs,
    attributes: Object.entries(attrs).map(([key, value]) => attribute(key, value)),
  });
  const graph = graphProto({
    name: 'probe',
    nodes: [node],
    initializers: baked.map(({ dtype: own, shape, data }, index) =>
      tensorProto(`c${index}`, own, shape, rawBytes(data)),
    ),
    inputs: inputs.map(({ dtype: own, shape }, index) => valueInfo(`x${index}`, own, shape)),
    outputs: (types ?? [dtype]).map((own, index) => valueInfo(`y${index}`, own)),
  });
  return {
    model: modelProto(
      graph,
      new Map([
        ['', OPSET],
        ['com.microsoft', 1],
      ]),
    ),
    inputs,
    outputs,
  };
}

function hostTensor({ dtype, shape, data: values }: ProbeOperand): HostTensor {
  const data = allocate(
    dtype,
    shape.reduce((product, size) => product * size, 1),
  );
  data.forEach((_, index) => {
    (data as unknown as (number | bigint)[])[index] = fromNumber(values?.[index] ?? 1, dtype);
  });
  return { dtype, shape, data };
}
