import { add, mul, setDefaultBackend, stopGradient, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LayerModule } from '../../src/index.ts';
import { BatchNorm1d, Linear, Module, Parameter, fit, mse, sgd, trainStep } from '../../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const linear = (): Linear => new Linear({ inFeatures: 1, outFeatures: 1 });
const batch = { x: tensor([[1], [2]]), y: tensor([[2], [4]]) };
const options = { train: [batch], loss: mse, optimizer: sgd({ learningRate: 0.1 }) };

/** Half of it is found, half is not. */
class Mixed extends Module {
  readonly shown = linear();
  readonly #hidden: LayerModule;
  constructor(hidden: LayerModule) {
    super();
    this.#hidden = hidden;
  }
  forward(x: Tensor): Tensor {
    return this.shown.forward(this.#hidden.forward(x));
  }
}

describe('what a model uses and does not lead to', () => {
  it('is not left untrained: fit and trainStep throw', async () => {
    await expect(fit(new Mixed(linear()), options)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[GraphError: trainStep: the loss 'model' depends on a parameter that no model holds. Got the trainable parameter 'Linear.weight' [1,1]; expected one of setup.models. Add its module to the models, freeze it with requiresGrad(false), or use stopGradient. Parts in #private fields are not found: make them public, or name them in an override of children().]`,
    );
    class Bare extends Module {
      readonly shown = linear();
      readonly #scale = new Parameter(tensor([1]));
      forward(x: Tensor): Tensor {
        return mul(this.shown.forward(x), this.#scale);
      }
    }
    await expect(fit(new Bare(), options)).rejects.toThrow("Got the trainable parameter 'in no field' [1]");
  });

  it('is not left unsaved: an updated buffer throws', async () => {
    const norm = new BatchNorm1d({ numFeatures: 1, affine: false });
    await expect(fit(new Mixed(norm), options)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[GraphError: trainStep: a buffer that no model holds is updated. Got 'BatchNorm1d.num_batches_tracked' []; expected one of setup.models, or it would not be saved. Add its module to the models, or call its eval(). Parts in #private fields are not found: make them public, or name them in an override of children().]`,
    );
  });

  it('may be frozen, behind stopGradient, or named by children', async () => {
    await fit(new Mixed(linear().requiresGrad(false)), options);
    const teacher = linear();
    const student = linear();
    const step = trainStep({ models: { student }, optimizers: { student: sgd() } }, (models, { x }: { x: Tensor }) => ({
      losses: { student: mse(models.student.forward(x), stopGradient(teacher.forward(x))) },
    }));
    await step({ x: batch.x });
    class Named extends Module {
      readonly #fc = linear();
      override children() {
        return super.children().set('fc', this.#fc);
      }
      forward(x: Tensor): Tensor {
        return this.#fc.forward(x);
      }
    }
    const named = new Named();
    const before = await toArray(named.parameters()[0]!);
    await fit(named, options);
    expect(await toArray(named.parameters()[0]!)).not.toEqual(before);
  });

  it('is trained in nested arrays, maps and plain objects', async () => {
    class Nested extends Module {
      readonly parts = [[linear()], { map: new Map([['fc', linear()]]) }] as const;
      forward(x: Tensor): Tensor {
        return add(this.parts[0][0]!.forward(x), this.parts[1].map.get('fc')!.forward(x));
      }
    }
    const model = new Nested();
    const before = await Promise.all(model.parameters().map((weight) => toArray(weight)));
    await fit(model, options);
    const after = await Promise.all(model.parameters().map((weight) => toArray(weight)));
    expect(after.length).toBe(4);
    for (const [index, value] of after.entries()) expect(value).not.toEqual(before[index]);
  });

  it('a part swapped during training is trained, and the old one is not', async () => {
    const model = new Mixed(linear().requiresGrad(false));
    const step = trainStep({ models: { model }, optimizers: { model: sgd() } }, (models, { x, y }: typeof batch) => ({
      losses: { model: mse(models.model.forward(x), y) },
    }));
    await step(batch);
    const old = model.shown;
    const oldWeight = await toArray(old.weight);
    const next = linear();
    const nextWeight = await toArray(next.weight);
    model.replace('shown', next);
    await step(batch);
    expect(await toArray(old.weight)).toEqual(oldWeight);
    expect(await toArray(next.weight)).not.toEqual(nextWeight);
  });
});
