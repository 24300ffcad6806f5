import {
  Variable,
  add,
  compile,
  dispose,
  evaluate,
  jit,
  mul,
  setDefaultBackend,
  spec,
  tensor,
  toArray,
  toOnnx,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import type { DeviceBuffer, HostTensor } from '@gai/core/backend';
import { openSafetensors, saveSafetensors } from '@gai/core/io';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { rejection } from './backends.ts';
import { useCountingBackend } from './counted.ts';
import { countingBackend } from './counting.ts';

const backend = await useCountingBackend();
/** What was uploaded in a test. */
let uploaded: DeviceBuffer[] = [];
const upload = backend.upload.bind(backend);
backend.upload = (data: HostTensor) => {
  const buffer = upload(data);
  uploaded.push(buffer);
  return buffer;
};
beforeEach(() => {
  uploaded = [];
});
const freed = (): boolean[] => uploaded.map(({ disposed }) => disposed);

/** More than goes in together with others. */
const large = (value: number): Tensor => tensor(new Float32Array(4096).fill(value));
const first = async (x: Promise<Tensor>): Promise<unknown> => ((await toArray(await x)) as number[])[0];

describe('what a backend has of data outside it', () => {
  it('is freed with the tensor, and moved there anew for the next run', async () => {
    const w = large(3);
    const run = jit((x: Tensor) => mul(x, w));
    for (let times = 0; times < 2; times++) expect(await first(run(tensor(2)))).toBe(6);
    expect(freed()).toEqual([false]);
    const waiting = run(tensor(2));
    dispose(w);
    expect(freed()).toEqual([true]);
    expect([await first(waiting), await first(run(tensor(2)))]).toEqual([6, 6]);
    dispose({ w });
    expect(freed()).toEqual([true, true]);
  });

  it('is freed when a run has replaced the value of its variable, and with the variable', async () => {
    const w = new Variable(large(1), 'w');
    const step = jit(() => w.assign(add(w, 1)));
    for (let times = 0; times < 2; times++) await step();
    expect([freed(), await first(Promise.resolve(w))]).toEqual([[true], 3]);
    const other = new Variable(large(1), 'other');
    await jit((x: Tensor) => mul(x, other))(tensor(1));
    dispose(other);
    expect(freed()).toEqual([true, true]);
  });

  it('of a file is freed with the tensor', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gai-disposed-'));
    const path = join(folder, 'w.safetensors');
    await saveSafetensors(backend.storage, path, { w: large(5) });
    const { w } = (await openSafetensors(backend.storage, path)).tensors;
    const run = jit((x: Tensor) => mul(x, w!));
    expect(await first(run(tensor(2)))).toBe(10);
    dispose(w!);
    expect([freed(), await first(run(tensor(2)))]).toEqual([[true], 10]);
    await rm(folder, { recursive: true });
  });

  it('belongs to each of two backends', async () => {
    const other = await countingBackend();
    const w = large(2);
    const run = jit((x: Tensor) => mul(x, w));
    for (let times = 0; times < 3; times++) {
      for (const one of [other, backend]) {
        setDefaultBackend(one);
        expect(await first(run(tensor(2)))).toBe(4);
      }
    }
    expect([other.uploads, uploaded.length]).toEqual([1, 1]);
    dispose(w);
    await other.dispose();
  });
});

describe('what was disposed is named', () => {
  it('a variable, wherever it goes in', async () => {
    const w = new Variable(tensor([1, 2]), 'layer.weight');
    w.assign(add(w, 1));
    await evaluate(w);
    dispose(w);
    const net = (x: Tensor): Tensor => mul(x, w);
    const message =
      /^read: 'layer\.weight' was disposed\. Got float32 \[2\] whose memory is released; expected one that is still held\./;
    expect((await rejection(compile(net, { x: spec([2]) }))).message).toMatch(message);
    expect((await rejection(toOnnx(net, { x: spec([2]) }))).message).toMatch(message);
    expect((await rejection(jit(net)(tensor([1, 1])))).message).toMatch(message);
  });

  it('a compiled program', async () => {
    const named = await compile(function double(x: Tensor) {
      return mul(x, 2);
    }, { x: spec([1]) }); // oxfmt-ignore
    class Net {
      forward(x: Tensor): Tensor {
        return mul(x, 2);
      }
    }
    const net = await compile(new Net() as never, { x: spec([1]) });
    for (const run of [named, net]) await run.dispose();
    expect((await rejection(named(tensor([1])))).message).toMatchInlineSnapshot(
      `"compile: the program compiled from 'double' was disposed. Got a call after dispose(); expected it before. Compile 'double' again."`,
    );
    expect((await rejection(net(tensor([1])))).message).toContain("compiled from 'Net' was disposed");
    expect((await rejection(net.refresh())).message).toMatch(/^compile\.refresh: the program compiled from 'Net'/);
    await net.dispose();
  });
});
