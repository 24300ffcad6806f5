import { describe, expect, it } from 'vitest';
import { decodeModel, operatorsOf } from '../../test/decode-model.ts';
import { cpuCapabilities } from '../backend/providers.ts';
import type { OnnxTarget } from '../ir/onnx-binding.ts';
import type { Tensor } from '../ir/tensor.ts';
import { PORTABLE, nativeTarget } from '../lowering/target.ts';
import { emit } from '../onnx/emit.ts';
import { grad } from '../transforms/grad.ts';
import { spec, trace } from '../trace/trace.ts';
import { silu } from './activation.ts';
import { rmsNorm } from './norm.ts';
import { sum } from './structural.ts';

const CPU = nativeTarget({ provider: 'cpu', capabilities: cpuCapabilities });

function operators(compute: (x: Tensor, weight: Tensor) => Tensor, target: OnnxTarget, dtype?: 'float64'): string[] {
  const graph = trace(compute, [spec(['n', 4], dtype), spec([4], dtype)]);
  return operatorsOf(decodeModel(emit({ graph, inputNames: ['x', 'w'], outputNames: ['y'], target }).bytes).graph);
}

const norm = (x: Tensor, weight: Tensor): Tensor => rmsNorm(x, { weight });
const gate = (x: Tensor): Tensor => silu(x);

describe('one kernel where the provider has it', () => {
  it('for a norm and a gate on a CPU', () => {
    expect(operators(norm, CPU)).toEqual(['SimplifiedLayerNormalization']);
    expect(operators(gate, CPU)).toEqual(['com.microsoft.QuickGelu']);
  });

  it('operators of the standard in a file, in float64, and where a gradient reads more of the norm', () => {
    const alone = (found: readonly string[]): string[] => found.filter((each) => /Simplified|microsoft/.test(each));
    for (const compute of [norm, gate]) {
      expect(alone(operators(compute, PORTABLE))).toEqual([]);
      expect(alone(operators(compute, CPU, 'float64'))).toEqual([]);
    }
    const slope = (x: Tensor, weight: Tensor): Tensor => grad((each: Tensor) => sum(norm(each, weight)))(x) as Tensor;
    expect(alone(operators(slope, CPU))).toEqual([]);
  });
});
