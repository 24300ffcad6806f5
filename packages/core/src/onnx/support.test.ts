import { describe, expect, it } from 'vitest';
import { decodeModel, operatorsOf } from '../../test/decode-model.ts';
import { messageOf } from '../../test/message-of.ts';
import { webgpuCapabilities } from '../backend/providers.ts';
import { WEBGPU_KERNELS } from '../backend/webgpu-kernels.ts';
import type { Capabilities } from '../ir/capabilities.ts';
import type { OnnxTarget } from '../ir/onnx-binding.ts';
import { nativeTarget } from '../lowering/target.ts';
import type { Tensor } from '../ir/tensor.ts';
import { leftShift } from '../ops/bitwise.ts';
import { equal, isNaN, logicalXor, where } from '../ops/compare.ts';
import { convTranspose3d } from '../ops/conv-transpose.ts';
import { conv3d } from '../ops/conv.ts';
import { add, remainder, round } from '../ops/elementwise.ts';
import { matmul } from '../ops/linalg.ts';
import { slice } from '../ops/movement.ts';
import { maxPool2d, maxPool3d } from '../ops/pool.ts';
import { sum } from '../ops/structural.ts';
import { exp } from '../ops/unary.ts';
import { spec, trace } from '../trace/trace.ts';
import type { TensorSpec } from '../trace/trace.ts';
import { emit } from './emit.ts';
import { PORTABLE_KERNELS } from './portable-kernels.ts';
import { detour, hasKernel, kernelTable } from './support.ts';

const webgpu = (more: Partial<Capabilities> = {}): OnnxTarget =>
  nativeTarget({ provider: 'webgpu', capabilities: { ...webgpuCapabilities, ...more } });
const WEBGPU = webgpu();
const fallback = { provider: 'cpu', kernels: PORTABLE_KERNELS };

const write = (fn: (...inputs: Tensor[]) => Tensor, specs: readonly TensorSpec[], target = WEBGPU) => {
  const graph = trace(fn, [...specs]);
  const inputNames = graph.inputs.map((_, index) => `x${index}`);
  return emit({ graph, inputNames, outputNames: ['y'], target });
};
const operators = (...args: Parameters<typeof write>): string[] => operatorsOf(decodeModel(write(...args).bytes).graph);

describe('what a provider lacks', () => {
  it('is written in operators it has', () => {
    expect(operators((x) => round(x!), [spec([2])])).not.toContain('Round');
    expect(operators((x, y) => remainder(x!, y!), [spec([2], 'int32'), spec([2], 'int32')])).not.toContain('Mod');
    expect(operators((x) => isNaN(x!), [spec([2])])).toEqual(['Equal', 'Not']);
    expect(operators((x, y) => matmul(x!, y!), [spec([2, 3], 'int32'), spec([3, 2], 'int32')])).not.toContain('MatMul');
    expect(operators((x) => slice(x!, [[1, null]]), [spec([3], 'int32')])).not.toContain('Slice');
    expect(operators((x, y) => logicalXor(x!, y!), [spec([2], 'bool'), spec([2], 'bool')])).not.toContain('Xor');
  });

  it('is cast to a dtype that gives the same result, and back', () => {
    expect(operators((x, y) => add(x!, y!), [spec([2], 'uint8'), spec([2], 'uint8')])).toEqual([
      'Cast',
      'Cast',
      'Add',
      'Cast',
    ]);
    expect(
      operators((c, x, y) => where(c!, x!, y!), [spec([2], 'bool'), spec([2], 'bool'), spec([2], 'bool')]),
    ).toEqual(['Cast', 'Cast', 'Where', 'Cast']);
    const cpu = nativeTarget({ provider: 'cpu' });
    expect(operators((x) => sum(x!), [spec([2], 'uint32')], cpu).slice(0, 3)).toEqual(['Cast', 'ReduceSum', 'Cast']);
    // The order of unsigned numbers is lost in int32: only a wider dtype serves.
    expect(detour(PORTABLE_KERNELS, 'ReduceMax', 'uint32')).toBe('int64');
    expect(detour(WEBGPU_KERNELS, 'TopK', 'uint8')).toBe('float32');
  });

  it('is refused by name before there is a session, with the line of the user', () => {
    const refused = (fn: (...inputs: Tensor[]) => Tensor, ...specs: TensorSpec[]): string =>
      messageOf(() => write(fn, specs)).replace(/made at .*?(?=; expected)/, 'made at …');
    expect(refused((x) => exp(x!), spec([2], 'float64'))).toMatchInlineSnapshot(
      `"DTypeError: exp: not supported on webgpu for float64. Got ONNX operator Exp of float64, made at …; expected one of float16, float32. Cast it to float32, or use the device 'cpu' (or wasm)."`,
    );
    expect(refused((x) => equal(x!, x!), spec([2], 'int64'))).toMatchInlineSnapshot(
      `"DTypeError: equal: not supported on webgpu for int64. Got ONNX operator Equal of int64, made at …; expected one of int32, uint32, float16, float32. Cast it to int32, or use the device 'cpu' (or wasm)."`,
    );
  });

  it('runs on the fallback where there is one, which is told', () => {
    const { fallbacks } = write((x) => exp(x!), [spec([2], 'float64')], webgpu({ fallback }));
    expect([...fallbacks.keys()]).toEqual(['Exp of float64']);
  });

  it('counts a cast to what no dtype stands for', () => {
    const shifted = (target: OnnxTarget): string =>
      messageOf(() => write((x) => leftShift(x!, x!), [spec([2], 'int64')], target));
    expect(shifted(WEBGPU)).toContain('leftShift: not supported on webgpu for int64. Got ONNX operator Cast of int64');
    const { fallbacks } = write((x) => leftShift(x!, x!), [spec([2], 'int64')], webgpu({ fallback }));
    expect([...fallbacks.keys()]).toContain('Cast of int64');
  });

  it('is refused where the provider claims the node but cannot run it, also with a fallback', () => {
    const target: OnnxTarget = webgpu({ fallback });
    const refused = (fn: (...inputs: Tensor[]) => Tensor, ...specs: TensorSpec[]): string =>
      messageOf(() => write(fn, specs, target)).replace(/made at .*?(?=; expected)/, 'made at …');
    const volume = spec([1, 2, 4, 4, 4]);
    expect(refused((x) => maxPool3d(x!, { kernelSize: 2, returnIndices: true })[1], volume)).toMatchInlineSnapshot(
      `"BackendError: maxPlaces: not supported on webgpu for float32. Got ONNX operator MaxPool of float32, made at …; expected an operator this provider has. Use the device 'cpu' (or wasm)."`,
    );
    expect(refused((x) => maxPool2d(x!, { kernelSize: 2, returnIndices: true })[1], spec([1, 2, 4, 4]))).toContain(
      'Got ONNX operator MaxPool of float32',
    );
    expect(refused((x, w) => convTranspose3d(x!, w!), volume, spec([2, 1, 2, 2, 2]))).toMatchInlineSnapshot(
      `"BackendError: convTranspose: not supported on webgpu for float32. Got ONNX operator ConvTranspose of float32, made at …; expected an operator this provider has. Use the device 'cpu' (or wasm)."`,
    );
    expect(refused((x, w) => conv3d(x!, w!, { groups: 2 }), volume, spec([2, 1, 2, 2, 2]))).toMatchInlineSnapshot(
      `"BackendError: conv: not supported on webgpu for float32. Got ONNX operator Conv of float32, made at …; expected an operator this provider has. Use the device 'cpu' (or wasm)."`,
    );
    expect(operators((x, w) => conv3d(x!, w!), [volume, spec([2, 2, 2, 2, 2])], target)).toEqual(['Conv']);
  });

  it('counts what the device lacks, also with a fallback', () => {
    const target: OnnxTarget = webgpu({ fallback, lacks: ['float16'] });
    expect(messageOf(() => write((x) => exp(x!), [spec([2], 'float16')], target))).toContain('for float16');
    expect(operators((x) => exp(x!), [spec([2], 'float16')])).toEqual(['Exp']);
  });
});

it('leaves sizes to the CPU of every provider, and says so', () => {
  expect(write((x) => add(sum(x!), x!), [spec(['n', 2])]).sizesOnHost).toBe(false);
  expect(write((x) => slice(x!, [[1, null]]), [spec(['n', 2])]).sizesOnHost).toBe(true);
});

it('bakes what has no elements, which ends the process on WebGPU', () => {
  expect(operators((x) => exp(add(x!, 1)), [spec([0, 3])])).toEqual(['Identity']);
});

it('tries what was not measured', () => {
  expect(hasKernel(WEBGPU_KERNELS, 'Unheard', 'float32')).toBe(true);
  expect(kernelTable(WEBGPU_KERNELS)['Mod']).toEqual([]);
});
