import { inspect } from 'node:util';
import { add, relu, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { BatchNorm1d, Dropout, Linear, Module, Parameter, Sequential } from '@gai/nn';

class Scaled extends Module {
  scale = new Parameter(tensor([1]), 'scale');
  readonly steps = 3;
  readonly sizes = [1, 2];
  body = new Sequential(new Linear({ inFeatures: 3, outFeatures: 2, bias: false }), relu, new Dropout());
  forward(x: Tensor): Tensor {
    return add(this.body.forward(x), this.scale);
  }
}

describe('a module that is printed', () => {
  it('shows its classes, settings and shapes', () => {
    expect(inspect(new Scaled())).toMatchInlineSnapshot(`
      "Scaled(steps: 3, sizes: [1,2], scale [1]
        (body): Sequential(
          (0): Linear(inFeatures: 3, outFeatures: 2, weight [2,3])
          (1): relu
          (2): Dropout(p: 0.5)
        )
      )"
    `);
    expect(String(new BatchNorm1d({ numFeatures: 4 }).to('float16'))).toMatchInlineSnapshot(
      `"BatchNorm1d(numFeatures: 4, eps: 0.00001, momentum: 0.1, weight float16[4], bias float16[4], running_mean float16[4], running_var float16[4], num_batches_tracked int32[])"`,
    );
  });

  it('shows numbers that are not finite', () => {
    class Clipped extends Module {
      readonly least = -Infinity;
      readonly ends = [0, Infinity];
      readonly mode = 'a"b';
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    expect(String(new Clipped())).toBe('Clipped(least: -Infinity, ends: [0,Infinity], mode: "a\\"b")');
  });

  it('that holds itself ends', () => {
    class Loop extends Module {
      self: Module | null = null;
      forward(): null {
        return null;
      }
    }
    const loop = new Loop();
    loop.self = loop;
    expect(String(loop)).toBe('Loop(\n  (self): Loop(...)\n)');
  });

  it('shows a parameter with its path and value', () => {
    expect(String(new Scaled().scale)).toBe('Parameter scale([1], float32 [1])');
  });
});
