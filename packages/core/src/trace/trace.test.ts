import { describe, expect, it } from 'vitest';
import { dim, dimMul } from '../dim.ts';
import { withScope } from '../ir/scope.ts';
import type { Tensor } from '../ir/tensor.ts';
import { Variable } from '../ir/variable.ts';
import { add, mul } from '../ops/elementwise.ts';
import { formatShape } from '../shape.ts';
import { tensor } from './literal.ts';
import { isSpec, spec, trace, traceArgs } from './trace.ts';

describe('spec', () => {
  it('takes numbers, names and expressions', () => {
    const made = spec(['batch', 3, dimMul(dim('batch'), 2)], 'int32');
    expect(made.dtype).toBe('int32');
    expect(formatShape(made.shape)).toBe('[batch,3,2*batch]');
    expect(isSpec(made)).toBe(true);
    expect(isSpec({ dtype: 'float32', shape: [] })).toBe(false);
  });

  it('refuses what is no size or dtype', () => {
    expect(() => spec([-1])).toThrow('spec: not a size');
    expect(() => spec(['2x'])).toThrow('dim: not a size');
    expect(() => spec([1], 'f32' as never)).toThrow('spec: unknown dtype');
  });
});

describe('trace', () => {
  it('finds tensors and specs anywhere in the arguments, and hands the rest on', () => {
    const seen: unknown[] = [];
    const graph = trace(
      (model: { w: Tensor; layers: { b: Tensor }[] }, scale: number) => {
        seen.push(scale);
        return add(mul(model.w, scale), model.layers[0]!.b);
      },
      [{ w: spec(['n']), layers: [{ b: tensor([1]) }] }, 3],
    );
    expect(graph.inputs.map(({ leaf }) => (leaf?.kind === 'input' ? leaf.name : ''))).toEqual([
      'arg[0].layers[0].b',
      'arg[0].w',
    ]);
    expect(formatShape(graph.outputs[0]!.shape)).toBe('[n]');
    expect(seen).toEqual([3]);
  });

  it('takes every tensor of the result as an output, and a variable for its assigned value', () => {
    const w = new Variable(tensor(1), 'w');
    const traced = traceArgs(
      (x: Tensor) => {
        w.assign(add(w, x));
        return { w, x, label: 'a' };
      },
      [spec([])],
      (leaf) => (isSpec(leaf) ? leaf : undefined),
    );
    expect(traced.graph.outputs.map(({ node }) => node.op?.name)).toEqual(['add', undefined]);
    expect(traced.result).toMatchObject({ label: 'a' });
  });

  it('refuses asynchronous functions', () => {
    const later = async (x: Tensor): Promise<Tensor> => add(x, 1);
    expect(() => trace(later, [spec([])])).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: trace: 'later' is asynchronous. Got a function that returns a promise; expected one that returns tensors at once. Read values after the call, not inside the function.]`,
    );
    expect(() => trace((x: Tensor) => ({ loss: later(x) }), [spec([])])).toThrow('is asynchronous');
  });

  it('closes its scope also when the function throws', () => {
    expect(() =>
      trace(() => {
        throw new RangeError('mine');
      }, []),
    ).toThrow('mine');
    expect(add(tensor(1), 1).node.scope).toBeNull();
  });
});

describe('a tensor that escapes its trace', () => {
  it('is refused where it is used, with the line that made it', () => {
    let escaped: Tensor | undefined;
    withScope('step', () => (escaped = add(tensor(1), 1)));
    const line = /trace\.test\.ts:\d+:\d+/;
    expect(() => mul(escaped!, 2)).toThrow(line);
    const text = (): string => {
      try {
        mul(escaped!, 2);
      } catch (error) {
        return (error as Error).message.replace(/made at [^\n]*?(trace\.test\.ts):[\d:]+/, 'made at $1:LINE');
      }
      return '';
    };
    expect(text()).toMatchInlineSnapshot(
      `"mul: a tensor made inside 'step' is used after that function was traced. It was made at trace.test.ts:LINE. Return it from the function, or use debugPrint to look at it."`,
    );
    expect(() => withScope('other', () => mul(escaped!, 2))).toThrow("made inside 'step'");
  });

  it('may be used in a trace inside the one it was made in', () => {
    withScope('outer', () => {
      const x = add(tensor(1), 1);
      withScope('inner', () => expect(mul(x, 2).node.inputs[0]).toBe(x));
    });
  });
});
