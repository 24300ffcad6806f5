import { data, maxPool2d, mul, setDefaultBackend, sum, tensor, vjp } from '@gai/core';
import type { MaxPool2dOptions, Tensor } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';

/** The same runtime under another provider's name: graphs are written as for that one, and run here. */
const writtenFor = (backend: NodeBackend, provider: Backend['provider']): Backend => ({
  name: backend.name,
  device: backend.device,
  provider,
  maxSessions: 8,
  load: (model, options) => backend.load(model, options),
  upload: (host) => backend.upload(host),
  dispose: () => backend.dispose(),
});

let cpu: NodeBackend;
beforeAll(async () => {
  cpu = await nodeBackend({ device: 'cpu' });
});
afterAll(() => cpu.dispose());

const x = Float32Array.from({ length: 2 * 7 * 8 }, (_, index) => (index * 37) % 11); // with ties

/** Gradient and second derivative of a weighted sum of maxima. */
async function derivatives(backend: Backend, options: MaxPool2dOptions): Promise<number[][]> {
  setDefaultBackend(backend);
  const images = tensor(x.slice(), { shape: [1, 2, 7, 8] });
  const weighted = (a: Tensor): Tensor => {
    const y = maxPool2d(a, options);
    return sum(mul(y, mul(y, y)));
  };
  const gradient = (a: Tensor): Tensor => vjp(weighted, a).pullback(tensor(1))[0];
  const product = vjp(gradient, images).pullback(mul(images, 0.5))[0];
  return [[...(await data(gradient(images)))].map(Number), [...(await data(product))].map(Number)];
}

describe('the form of a max pool gradient without places of maxima, for WebGPU', () => {
  it.each<MaxPool2dOptions>([
    { kernelSize: 2 },
    { kernelSize: [3, 2], stride: 2, padding: 1 },
    { kernelSize: 2, stride: [1, 3], dilation: [2, 1] },
  ])('gives what the other gives: %o', async (options) => {
    expect(await derivatives(writtenFor(cpu, 'webgpu'), options)).toEqual(await derivatives(cpu, options));
  });
});
