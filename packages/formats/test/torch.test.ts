import { ArgumentError, GaiError, data, toArray } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { openTorch } from '../src/index.ts';
import { describeAll, expected, fixture } from './support.ts';

describe('what torch reads is read', () => {
  it.each(['zip.pt', 'legacy.pt', 'protocol4.pt', 'lone.pt', 'list.pt'])('%s', async (name) => {
    const { tensors } = await openTorch(fixture(name));
    expect(Object.keys(tensors)).toEqual(Object.keys(expected[name]!));
    expect(await describeAll(tensors)).toEqual(expected[name]);
  });

  it('from a Blob', async () => {
    const { tensors } = await openTorch(new Blob([fixture('zip.pt') as Uint8Array<ArrayBuffer>]));
    expect(await describeAll(tensors)).toEqual(expected['zip.pt']);
  });

  it("from Node's Buffer, whose slices are views", async () => {
    const bytes = Buffer.from(fixture('nested.pt'));
    const { tensors, values } = await openTorch(bytes, { key: 'model' });
    const weight = await data(tensors['weight']!);
    const [first, ...others] = [weight[0], (values as { bytes: Uint8Array }).bytes];
    bytes.fill(7);
    expect(others).toEqual([Uint8Array.of(0, 255)]);
    expect(others[0]?.constructor).toBe(Uint8Array);
    expect(typeof first).toBe('number');
  });

  it('tied tensors are known, views of the same storage are none', async () => {
    const { tensors, aliases } = await openTorch(fixture('zip.pt'));
    expect([...aliases]).toEqual([
      ['tied.b', 'tied.a'],
      ['tied.c', 'tied.a'],
    ]);
    expect(tensors['tied.c']).toBe(tensors['tied.a']);
  });
});

describe('nested checkpoints', () => {
  const NAMES = ['nested.pt', 'nested-legacy.pt'];
  it.each(NAMES)('%s: the part that is named', async (name) => {
    const { tensors } = await openTorch(fixture(name), { key: 'model' });
    expect(await describeAll(tensors)).toEqual(expected[name]);
  });

  it.each(NAMES)('%s: an error names the parts', async (name) => {
    await expect(openTorch(fixture(name))).rejects.toThrow(
      "openTorch: the checkpoint has several parts. Got no key; expected one of 'model' (2 tensors), 'optimizer' (6 " +
        "tensors). Pass { key } (--key of gai convert), or the key '' for all.",
    );
    await expect(openTorch(fixture(name), { key: 'ema' })).rejects.toThrow(ArgumentError);
    await expect(openTorch(fixture(name), { key: 'config' })).rejects.toThrow("no tensors. Got none under 'config'");
  });

  it('all parts under joined names', async () => {
    const { tensors } = await openTorch(fixture('nested.pt'), { key: '' });
    expect(Object.keys(tensors)).toEqual([
      'model.weight',
      'model.bias',
      'optimizer.state.0.step',
      'optimizer.state.0.exp_avg',
      'optimizer.state.0.exp_avg_sq',
      'optimizer.state.1.step',
      'optimizer.state.1.exp_avg',
      'optimizer.state.1.exp_avg_sq',
    ]);
    expect(await toArray(tensors['optimizer.state.1.step']!)).toBe(1);
  });

  it('what is no tensor is there as plain values', async () => {
    const { values } = await openTorch(fixture('nested.pt'), { key: 'model' });
    expect(values).toMatchObject({
      epoch: 3,
      config: { name: 'tiny', layers: [1, 2], size: [2, 3], dtype: 'torch.float16', large: 2n ** 80n },
      device: 'cpu',
      bytes: Uint8Array.of(0, 255),
      tags: ['a'],
      nothing: null,
    });
  });
});

describe('what is refused', () => {
  it.each<[string, string]>([
    ['module.pt', "asks for something that is not plain data. Got 'torch.nn.modules.linear.Linear'"],
    ['script.pt', 'a TorchScript program'],
    ['complex.pt', "Got 'torch.ComplexFloatStorage'"],
    ['negated.pt', "a tensor that is not what its storage has. Got 'neg'"],
    ['types.gguf', "no checkpoint of torch. Got a file that begins with 'GGUF"],
  ])('%s', async (name, message) => {
    const opened = openTorch(fixture(name));
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toSatisfy(GaiError.isInstance);
  });
});
