import type { DType } from '../dtype.ts';
import { graphProto, modelProto, nodeProto, valueInfo } from '../onnx/model.ts';
import { OPSET } from '../onnx/opset.ts';

/**
 * A model that computes `y = x + x` on four numbers: what a device runs to show that it works.
 * @param dtype - Of the numbers. Default float32; float16 shows whether a GPU computes in it.
 * @returns The bytes of an ONNX file.
 * @category Backends
 */
export function probeModel(dtype: DType = 'float32'): Uint8Array<ArrayBuffer> {
  const add = nodeProto({ name: 'add', opType: 'Add', domain: '', inputs: ['x', 'x'], outputs: ['y'], attributes: [] });
  const graph = graphProto({
    name: 'probe',
    nodes: [add],
    initializers: [],
    inputs: [valueInfo('x', dtype, [4])],
    outputs: [valueInfo('y', dtype, [4])],
  });
  return modelProto(graph, new Map([['', OPSET]]));
}

/**
 * A model that lays `x` of `[1, 16, 1, 2]` out in blocks of channels, as ONNX Runtime's own convolutions on a CPU read
 * it: where the second element comes out tells how many channels a block has.
 * @returns The bytes of an ONNX file.
 * @category Backends
 */
export function blockProbeModel(): Uint8Array<ArrayBuffer> {
  const domain = 'com.microsoft.nchwc';
  const node = { name: 'reorder', opType: 'ReorderInput', domain, inputs: ['x'], outputs: ['y'], attributes: [] };
  const graph = graphProto({
    name: 'probe',
    nodes: [nodeProto(node)],
    initializers: [],
    inputs: [valueInfo('x', 'float32', [1, 16, 1, 2])],
    outputs: [valueInfo('y', 'float32', [1, 16, 1, 2])],
  });
  return modelProto(
    graph,
    new Map([
      ['', OPSET],
      [domain, 1],
    ]),
  );
}
