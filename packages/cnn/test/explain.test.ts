import { nodeBackend } from '@gai/backend-node';
import { data, flatten, setDefaultBackend, spec, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Conv2d, Linear, Module, summary } from '@gai/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { camFrom } from '../src/explain/grad-cam.ts';
import { ConvNet, LeNet, featureMaps, gradCam, occlusion, resnet20, saliency } from '../src/index.ts';
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

describe('featureMaps', () => {
  it('gives what layers put out, in the order asked', async () => {
    const model = new ConvNet({ imageSize: 8, channels: [3, 4] }).eval();
    const x = tensor(
      Float32Array.from({ length: 128 }, (_, at) => Math.sin(at)),
      { shape: [2, 1, 8, 8] },
    );
    const [second, first] = model.stages.toReversed();
    const maps = await featureMaps(model, x, { layers: [second!, first!.conv, model.fc] });
    expect(maps.map(({ shape }) => shape)).toEqual([
      [2, 4, 2, 2],
      [2, 3, 8, 8],
      [2, 10],
    ]);
    expect(await toArray(maps[1]!)).toEqual(await toArray(first!.conv.forward(x)));
    expect(await toArray(maps[2]!)).toEqual(await toArray(model.forward(x)));
    expect(Object.keys(first!.conv)).not.toContain('forward');
  });

  it('refuses a layer that the model does not use', async () => {
    const model = new LeNet().eval();
    const other = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 1 });
    const x = tensor(new Float32Array(784), { shape: [1, 1, 28, 28] });
    await expect(featureMaps(model, x, { layers: [model.conv1, other] })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: featureMaps: the model does not use a layer. Got Conv2d as layer 1, which did not run; expected modules inside the model. Pass { layers: [model.conv1] }, for example.]`,
    );
  });
});

describe('occlusion', () => {
  class Flat extends Module {
    readonly fc = new Linear({ inFeatures: 2 * 3 * 4, outFeatures: 3 });
    forward(x: Tensor): Tensor {
      return this.fc.forward(flatten(x));
    }
  }
  const pixels = Float32Array.from({ length: 2 * 24 }, (_, at) => Math.cos(at));

  it.each([
    [{ windowSize: 2 }, [2, 2, 3]],
    [{ windowSize: [1, 3], stride: 1, fill: 0.5 }, [2, 3, 2]],
    [{ windowSize: 2, stride: 2, fill: -1 }, [2, 1, 2]],
  ] as const)('is what covering takes away from a linear logit: %o', async (options, shape) => {
    const model = new Flat();
    const classes = [2, 0];
    const x = tensor(pixels, { shape: [2, 2, 3, 4] });
    const map = await occlusion(model, x, tensor(classes, { dtype: 'int32' }), options);
    expect(map.shape).toEqual(shape);
    const weight = Array.from(await data(model.fc.weight), Number);
    const {
      windowSize,
      stride = 1,
      fill = 0,
    } = options as { windowSize: number | [number, number]; stride?: number; fill?: number };
    const [h, w] = typeof windowSize === 'number' ? [windowSize, windowSize] : windowSize;
    const byHand: number[] = [];
    for (const [image, label] of classes.entries()) {
      for (let place = 0; place < shape[1] * shape[2]; place++) {
        const [top, left] = [Math.floor(place / shape[2]) * stride, (place % shape[2]) * stride];
        let drop = 0;
        for (let at = 0; at < 24; at++) {
          const [row, column] = [Math.floor((at % 12) / 4), at % 4];
          if (row < top || row >= top + h || column < left || column >= left + w) continue;
          drop += weight[label * 24 + at]! * (pixels[image * 24 + at]! - fill);
        }
        byHand.push(drop);
      }
    }
    expect(((await toArray(map)) as number[][][]).flat(2)).toEqual(
      byHand.map((value) => expect.closeTo(value, 5) as number),
    );
  });

  it('refuses windows and strides that do not fit', async () => {
    const x = tensor(pixels, { shape: [2, 2, 3, 4] });
    const y = tensor([0, 0], { dtype: 'int32' });
    await expect(occlusion(new Flat(), x, y, { windowSize: 4 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: occlusion: the window does not fit. Got 4×4 for images of 3×4 pixels; expected whole numbers from 1 to the size of the image. Pass { windowSize: 8 }, for example.]`,
    );
    await expect(occlusion(new Flat(), x, y, { windowSize: 2, stride: 0 })).rejects.toThrow(
      'the stride is no step. Got 0',
    );
    await expect(occlusion(new Flat(), tensor([1]), y, { windowSize: 1 })).rejects.toThrow(
      'not a batch of images. Got [1]',
    );
  });
});

describe('ConvNet', () => {
  it('halves images of any size, and refuses too many stages', async () => {
    const model = new ConvNet({ imageSize: [9, 20], inChannels: 3, numClasses: 4, channels: [2, 5, 3] }).eval();
    const x = tensor(new Float32Array(2 * 3 * 180), { shape: [2, 3, 9, 20] });
    expect(model.forward(x).shape).toEqual([2, 4]);
    expect(() => new ConvNet({ imageSize: 7 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: ConvNet: the stages do not fit the images. Got 3 stages for 7×7 pixels; expected at least 1, and at most 2 halvings. Use fewer channels entries.]`,
    );
    expect(() => new ConvNet({ channels: [] })).toThrow('Got 0 stages');
  });
});

describe('summary of the models here', () => {
  it('counts the parameters of the literature (269,722), plus the two 1×1 shortcuts', () => {
    expect(summary(resnet20(), spec(['batch', 3, 32, 32])).parameters).toBe(269_722 + 2_560 + 192);
  });
});
