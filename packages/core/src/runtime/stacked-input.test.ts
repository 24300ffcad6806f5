import { describe, expect, it } from 'vitest';
import type { Backend, DeviceBuffer, HostTensor } from '../backend/backend.ts';
import { Variable } from '../ir/variable.ts';
import { tensor } from '../trace/literal.ts';
import { StackedInput } from './stacked-input.ts';

describe('StackedInput', () => {
  it('never goes on with old values after new ones could not be copied', () => {
    const [a, b] = [new Variable(tensor([1])), new Variable(tensor([2]))];
    const parts = [a, b].map(({ node }) => node.outputs[0]!);
    const backend = { upload: ({ data }: HostTensor) => ({ data, disposed: false }) as unknown as DeviceBuffer };
    let fails = false;
    const stack = new StackedInput({ parts, sizes: [1, 1] }, backend as Backend, ({ leaf }) => {
      if (fails) throw new Error('of another backend');
      const now = leaf?.kind === 'variable' ? leaf.variable.committed.leaf : leaf;
      return { dtype: 'float32', shape: [1], data: (now as { data: Float32Array<ArrayBuffer> }).data };
    });
    const first = stack.value();
    expect(first).toMatchObject({ data: Float32Array.of(1, 2) });
    expect(stack.value()).toBe(first);
    b.assign(tensor([3]));
    fails = true;
    for (let times = 0; times < 2; times += 1) expect(() => stack.value()).toThrow('of another backend');
    fails = false;
    expect(stack.value()).toMatchObject({ data: Float32Array.of(1, 3) });
  });
});
