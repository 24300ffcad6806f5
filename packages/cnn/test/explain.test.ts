import { nodeBackend } from '@gai/backend-node';
import { data, flatten, setDefaultBackend, spec, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Conv2d, Linear, Module } from '@gai/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { camFrom } from '../src/explain/grad-cam.ts';
import { LeNet, ResNet, gradCam, resnet20, saliency, summary } from '../src/index.ts';
import reference from './fixtures/vision.json' with { type: 'json' };

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe('gradCam', () => {
  it('weighs feature maps by the mean of their gradient, as the reference', async () => {
    const { A, dyc_dA: slope, cam } = reference.gradcam;
    const found = await toArray(camFrom(tensor([A]), tensor([slope])));
    expect((found as number[][][])[0]!.flat()).toEqual(cam.flat().map((value) => expect.closeTo(value, 6) as number));
  });

  it('equals a computation by hand on a linear head', async () => {
    class Net extends Module {
      readonly conv = new Conv2d({ inChannels: 1, outChannels: 2, kernelSize: 1 });
      readonly fc = new Linear({ inFeatures: 8, outFeatures: 3 });
      forward(x: Tensor): Tensor {
        return this.fc.forward(flatten(this.conv.forward(x)));
      }
    }
    const net = new Net().eval();
    const x = tensor([1, 2, 3, 4], { shape: [1, 1, 2, 2] });
    const map = await toArray(await gradCam(net, x, tensor([2], { dtype: 'int32' }), { layer: net.conv }));
    const weight = Array.from(await data(net.fc.weight), Number).slice(16, 24);
    const alpha = [0, 1].map((k) => weight.slice(k * 4, k * 4 + 4).reduce((a, b) => a + b, 0) / 4);
    const features = Array.from(await data(net.conv.forward(x)), Number);
    const byHand = [0, 1, 2, 3].map((at) => Math.max(0, alpha[0]! * features[at]! + alpha[1]! * features[4 + at]!));
    expect((map as number[][][]).flat(2)).toEqual(byHand.map((value) => expect.closeTo(value, 5) as number));
  });

  it('refuses a layer that the model does not use', async () => {
    const model = new LeNet().eval();
    const x = tensor(new Float32Array(784), { shape: [1, 1, 28, 28] });
    const other = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 1 });
    await expect(gradCam(model, x, tensor([0], { dtype: 'int32' }), { layer: other })).rejects.toThrow(
      'the layer does not lead to the logits',
    );
  });
});

describe('saliency', () => {
  it('is the size of the gradient: for a linear model its weights', async () => {
    class Flat extends Module {
      readonly fc = new Linear({ inFeatures: 4, outFeatures: 2 });
      forward(x: Tensor): Tensor {
        return this.fc.forward(flatten(x));
      }
    }
    const model = new Flat();
    const map = await saliency(model, tensor([1, 2, 3, 4], { shape: [1, 1, 2, 2] }), tensor([1], { dtype: 'int32' }));
    const weight = Array.from(await data(model.fc.weight), Number).slice(4);
    expect(Array.from(await data(map), Number)).toEqual(weight.map(Math.abs));
  });
});

describe('summary', () => {
  it('counts the parameters of the literature (269,722), plus the two 1×1 shortcuts', () => {
    expect(summary(resnet20(), spec(['batch', 3, 32, 32])).parameters).toBe(269_722 + 2_560 + 192);
  });

  it('is a table', () => {
    expect(String(summary(new LeNet(), spec(['batch', 1, 28, 28])))).toMatchInlineSnapshot(`
      "layer  type       output            parameters
      conv1  Conv2d     [batch,8,28,28]          208
      pool   MaxPool2d  [batch,8,14,14]            0
      conv2  Conv2d     [batch,16,10,10]       3,216
      pool   MaxPool2d  [batch,16,5,5]             0
      fc     Linear     [batch,10]             4,010
      7,434 parameters, 7,434 trained"
    `);
  });

  it('leaves the model as it was', () => {
    const model = new ResNet({ inChannels: 1, blocksPerStage: 1 });
    summary(model, spec([1, 1, 28, 28]));
    expect(model.training).toBe(true);
    expect(Object.keys(model.conv1)).not.toContain('forward');
  });
});
