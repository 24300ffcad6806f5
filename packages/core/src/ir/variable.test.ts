import { describe, expect, it, vi } from 'vitest';
import { add, mul } from '../ops/elementwise.ts';
import { deviceLeaf } from '../runtime/device-leaf.ts';
import type { DeviceBuffer } from '../backend/backend.ts';
import { tensor } from '../trace/literal.ts';
import { withScope } from './scope.ts';
import { isTensor } from './tensor.ts';
import type { Tensor } from './tensor.ts';
import { Variable, isVariable } from './variable.ts';

function onDevice(): { value: Tensor; dispose: ReturnType<typeof vi.fn> } {
  const dispose = vi.fn();
  const buffer = { dtype: 'float32', shape: [2], disposed: false, dispose } as unknown as DeviceBuffer;
  return { value: deviceLeaf(buffer), dispose };
}

describe('Variable', () => {
  it('is a tensor of its first value’s type', () => {
    const w = new Variable(tensor([1, 2]), 'w');
    expect(isTensor(w) && isVariable(w)).toBe(true);
    expect(w).toMatchObject({ dtype: 'float32', shape: [2], name: 'w' });
    expect(isVariable(tensor(1))).toBe(false);
    expect(new Variable(tensor(1)).name).toBe('variable');
  });

  it('stands for its present value outside traces', () => {
    const first = tensor([1, 2]);
    const w = new Variable(first);
    const before = mul(w, 3);
    const second = tensor([5, 6]);
    w.assign(second);
    expect(before.node.inputs[0]).toBe(first);
    expect(mul(w, 3).node.inputs[0]).toBe(second);
    expect(w.committed).toBe(second);
    expect(new Variable(w).value).toBe(second);
  });

  it('stands for itself in a trace until it is assigned there, and outside nothing changes', () => {
    const first = tensor([1, 2]);
    const w = new Variable(first);
    withScope('step', (scope) => {
      const before = w.value;
      expect(before.leaf).toEqual({ kind: 'variable', variable: w });
      const next = add(w, 1);
      expect(next.node.inputs[0]).toBe(before);
      w.assign(next);
      expect(mul(w, 2).node.inputs[0]).toBe(next);
      expect(mul(before, 2).node.inputs[0]).toBe(before);
      expect(scope.assignments.get(w)).toBe(next);
      withScope('inner', () => expect(w.value).toBe(next));
    });
    expect(w.value).toBe(first);
  });

  it('refuses another dtype or shape', () => {
    const w = new Variable(tensor([1, 2]), 'fc.bias');
    expect(() => w.assign(tensor([1, 2, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: assign: the new value of 'fc.bias' does not fit. Got float32 [3]; expected float32 [2]. Cast or reshape it first.]`,
    );
    expect(() => w.assign(tensor([1, 2], { dtype: 'int32' }))).toThrow('Got int32 [2]; expected float32 [2]');
  });
});

describe('the memory of a variable', () => {
  it('is freed when the runtime replaces a value that nobody else has seen', () => {
    const w = new Variable(tensor([0, 0]));
    const [a, b] = [onDevice(), onDevice()];
    w.commit(a.value);
    expect(w.committed).toBe(a.value);
    w.commit(b.value);
    expect(a.dispose).toHaveBeenCalledOnce();
    expect(b.dispose).not.toHaveBeenCalled();
  });

  it('is left alone where someone holds the value, by name or in a graph', () => {
    const [a, b, c] = [onDevice(), onDevice(), onDevice()];
    const w = new Variable(a.value);
    w.commit(b.value);
    expect(a.dispose).not.toHaveBeenCalled();
    const lazy = mul(w, 2);
    w.commit(c.value);
    expect(b.dispose).not.toHaveBeenCalled();
    expect(lazy.node.inputs[0]).toBe(b.value);
    w.assign(a.value);
    w.commit(onDevice().value);
    expect(a.dispose).not.toHaveBeenCalled();
  });

  it('is freed by dispose', () => {
    const { value, dispose } = onDevice();
    {
      using _w = new Variable(value);
    }
    expect(dispose).toHaveBeenCalledOnce();
  });
});
