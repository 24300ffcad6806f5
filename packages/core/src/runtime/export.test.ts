import { describe, expect, it } from 'vitest';
import { decodeModel, operatorsOf } from '../../test/decode-model.ts';
import { Variable } from '../ir/variable.ts';
import type { Tensor } from '../ir/tensor.ts';
import { gelu } from '../ops/activation.ts';
import { logSoftmax } from '../ops/along-axis.ts';
import { add, mul } from '../ops/elementwise.ts';
import { gather } from '../ops/indexing.ts';
import { matmul } from '../ops/linalg.ts';
import { mean } from '../ops/reduce.ts';
import { maxPool2d } from '../ops/pool.ts';
import { conv2d } from '../ops/conv.ts';
import { constant, tensor } from '../trace/literal.ts';
import { spec } from '../trace/trace.ts';
import { grad } from '../transforms/grad.ts';
import { checkFinite, debugPrint } from './debug.ts';
import { toOnnx } from './export.ts';

const namesOf = (values: { name: string }[]): string[] => values.map(({ name }) => name);
const ones = (...shape: number[]): Tensor =>
  tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), { shape });

/** Everything a module has that matters to an export. */
class Net {
  training = true;
  log: boolean[] = [];
  readonly weight = new Variable(ones(3, 2), 'w');
  readonly mean = new Variable(ones(2), 'm');
  eval(): void {
    this.training = false;
    this.log.push(false);
  }
  saveModes(): () => void {
    const { training } = this;
    return () => {
      this.training = training;
      this.log.push(training);
    };
  }
  namedParameters(): ReadonlyMap<string, Variable> {
    return new Map([['fc.weight', this.weight]]);
  }
  namedBuffers(): ReadonlyMap<string, Variable> {
    return new Map([['norm.mean', this.mean]]);
  }
  forward(x: Tensor): Tensor {
    return add(matmul(x, this.weight), this.training ? 100 : this.mean);
  }
}

describe('toOnnx', () => {
  it('uses the standard operators of opset 20 only', async () => {
    const net = (x: Tensor, index: Tensor): Tensor => {
      const image = maxPool2d(conv2d(x, ones(4, 1, 3, 3), { padding: 1 }), { kernelSize: 2 });
      return logSoftmax(gelu(gather(mean(image, { axis: [2, 3] }), index, { axis: 1 })));
    };
    const slope = grad((x: Tensor) => mean(net(x, constant([0, 2], { dtype: 'int32' }))));
    for (const [fn, specs] of [
      [net, { x: spec(['batch', 1, 8, 8]), index: spec([2], 'int32') }],
      [slope, { x: spec(['batch', 1, 8, 8]) }],
    ] as const) {
      const { model, graph } = decodeModel((await toOnnx(fn as never, specs)).model);
      expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 20n]]);
      expect(operatorsOf(graph).filter((name) => name.includes('.'))).toEqual([]);
    }
  });

  it('names inputs after the specs and outputs after what is returned', async () => {
    const specs = { image: spec(['batch', 3]), extra: { scale: spec([]), steps: [spec([3])] } };
    const fn = (image: Tensor, extra: { scale: Tensor; steps: Tensor[] }) => {
      const scaled = mul(image, extra.scale);
      return { logits: scaled, aux: [add(scaled, extra.steps[0]!)], note: 'not a tensor' };
    };
    const { inputNames, outputNames, model } = await toOnnx(fn, specs);
    expect(inputNames).toEqual(['image', 'extra_scale', 'extra_steps_0']);
    // In the order in which they were returned, not that of the alphabet.
    expect(outputNames).toEqual(['logits', 'aux_0']);
    const { graph } = decodeModel(model);
    expect(namesOf(graph.input)).toEqual(inputNames);
    expect(namesOf(graph.output)).toEqual(outputNames);
    expect((await toOnnx((x: Tensor) => mul(x, 2), { x: spec([2]) })).outputNames).toEqual(['output']);
    expect((await toOnnx((x: Tensor) => [mul(x, 2), x], { x: spec([2]) })).outputNames).toEqual([
      'output_0',
      'output_1',
    ]);
  });

  it('keeps names of sizes symbolic', async () => {
    const { model } = await toOnnx((x: Tensor) => mul(x, 2), { x: spec(['batch', 3]) });
    const shape = decodeModel(model).graph.output[0]?.type?.value;
    if (shape?.case !== 'tensorType') expect.fail('not a tensor');
    expect(shape.value.shape?.dim.map(({ value }) => value.value)).toEqual(['batch', 3n]);
  });

  it('exports a module in evaluation mode, with parameters by name, and puts its mode back', async () => {
    const net = new Net();
    const { graph } = decodeModel((await toOnnx(net, { x: spec(['batch', 3]) })).model);
    expect(namesOf(graph.initializer)).toEqual(['fc.weight', 'norm.mean']);
    expect(net.log).toEqual([false, true]);
    expect(net.training).toBe(true);
  });

  it('puts the mode back also when forward throws', async () => {
    const net = new Net();
    net.forward = () => {
      throw new RangeError('mine');
    };
    await expect(toOnnx(net, { x: spec([3]) })).rejects.toThrow('mine');
    expect(net.training).toBe(true);
  });

  it('gives captured values names of their own', async () => {
    const [named, twin, nameless] = [new Variable(ones(2), 'x'), new Variable(ones(2), 'x'), ones(2)];
    const fn = (x: Tensor) => ({ out: add(add(add(x, named), twin), nameless) });
    const { graph } = decodeModel((await toOnnx(fn, { x: spec([2]) })).model);
    expect(new Set(namesOf(graph.initializer)).size).toBe(3);
    expect(namesOf(graph.initializer)).not.toContain('x');
    expect(namesOf(graph.initializer)).toEqual(expect.arrayContaining(['x_1', 'x_2']));
  });

  it('puts large weights beside the model, aligned', async () => {
    const [a, b] = [new Variable(ones(100), 'a'), new Variable(ones(2000), 'b')];
    const fn = (x: Tensor) => ({ out: [add(x, a), mul(b, 2)] });
    const file = await toOnnx(fn, { x: spec([100]) }, { externalDataThreshold: 1000 });
    expect(file.external.map(({ length }) => length)).toEqual([400, 8000]);
    const places = decodeModel(file.model).graph.initializer.flatMap(({ name, dataLocation, externalData }) =>
      dataLocation === 1 ? [[name, ...externalData.map(({ value }) => value)]] : [],
    );
    expect(places).toEqual([
      ['a', 'weights.data', '0', '400'],
      ['b', 'weights.data', '4096', '8000'],
    ]);
    expect((await toOnnx(fn, { x: spec([100]) }, { externalDataThreshold: 8400 })).external).toEqual([]);
  });

  it('refuses what a file cannot do: assign, print, check', async () => {
    const count = new Variable(tensor(0), 'count');
    const refused = async (fn: (x: Tensor) => Tensor): Promise<unknown> =>
      toOnnx(fn, { x: spec([2]) }).catch((error: unknown) => String(error));
    const counting = (x: Tensor): Tensor => {
      count.assign(add(count, 1));
      return x;
    };
    expect(await refused(counting)).toMatchInlineSnapshot(
      `"GraphError: toOnnx: 'counting' assigns the variable 'count'. Got a function that does something besides computing its outputs; expected one that does not, since a file cannot. Export a module in evaluation mode, or return the new value."`,
    );
    expect(await refused((x) => mul(checkFinite(x, 'x'), 2))).toContain("'function' uses checkFinite");
    const printing = (x: Tensor): Tensor => {
      debugPrint(x, 'unused');
      return mul(x, 2);
    };
    expect(await refused(printing)).toContain("'printing' uses debugPrint");
  });

  it('refuses an export without tensors, and names given twice', async () => {
    await expect(toOnnx(() => 3, { x: 1 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: toOnnx: nothing to compute. Got 0 tensor inputs from { x } and 0 tensor outputs; expected at least one of each. Describe inputs with spec(...).]`,
    );
    await expect(
      toOnnx((x: Tensor) => ({ x: mul(x, 2) }), { x: spec([2]) }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: toOnnx: a name is given twice. Got 'x' for two of the inputs and outputs (x, x); expected different names. Rename a key of the specs or of what the function returns.]`,
    );
    const nested = { a_b: spec([]), a: { b: spec([]) } };
    await expect(toOnnx((x: Tensor, y: { b: Tensor }) => add(x, y.b), nested)).rejects.toThrow("Got 'a_b' for two");
  });
});
