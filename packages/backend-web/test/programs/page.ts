/** What the browser tests run inside a page or a worker: functions on `globalThis.tests`, bundled by esbuild. */
import { jit, mul, profile, setDefaultBackend, square, sub, sum, tensor, toArray, valueAndGrad } from '@gai/core';
import type { Tensor } from '@gai/core';
import { allSamples, checkSamples } from '@gai/core/testing';
import type { Sample } from '@gai/core/testing';
import { webBackend } from '@gai/backend-web';
import type { WebBackend, WebBackendOptions } from '@gai/backend-web';
import { losses, randomBits } from './losses.ts';

let backend: WebBackend | undefined;

/** Makes the default backend and says what it is, and what it warned of. */
async function open(options: WebBackendOptions = {}) {
  const warnings: string[] = [];
  backend = await webBackend({ ...options, onWarning: (message) => warnings.push(message) });
  setDefaultBackend(backend);
  const { provider, threads } = backend;
  return { provider, threads, warnings };
}

/** What a call failed with. */
async function failure(options: WebBackendOptions): Promise<{ name: string; message: string }> {
  try {
    await webBackend(options);
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
  throw new Error('expected webBackend to fail');
}

const samples = (): Readonly<Record<string, readonly Sample[]>> => Object.assign({}, ...allSamples) as never;

/** The names of every `step`-th op. */
function opNames(step: number): string[] {
  return Object.keys(samples()).filter((_, index) => index % step === 0);
}

const onGpu = ({ inputs }: Sample): boolean =>
  inputs.every(({ dtype = 'float32' }) => ['float32', 'int32', 'uint32', 'bool'].includes(dtype));

/**
 * Checks samples of some ops, at most `most` of each; returns the problems by op. On a GPU those of its dtypes, and results
 * and gradients only: software takes a second for each shader.
 */
async function conformance(names: readonly string[], most = Infinity): Promise<Record<string, string[]>> {
  const gpu = backend?.provider === 'webgpu';
  const problems: Record<string, string[]> = {};
  for (const name of names) {
    const list = (samples()[name] ?? []).filter((sample) => !gpu || onGpu(sample)).slice(0, most);
    const found = await checkSamples(gpu ? list.map((sample) => ({ ...sample, symbolic: undefined })) : list);
    if (list.length === 0) found.push('has no samples');
    if (found.length > 0) problems[name] = found.map((problem) => problem.split('\n', 1)[0] as string);
  }
  return problems;
}

/** What the ops of a step are, as a profile names them, and whether each has a line and took time. */
async function profiled(): Promise<{ ops: string[]; withLines: boolean; took: boolean }> {
  const step = jit((w: Tensor) => valueAndGrad((v: Tensor) => sum(square(sub(v, 3))))(w));
  const { lines, kernelTime } = await profile(() => step(tensor([1, 2])), { active: 1 });
  const ops = lines.flatMap(({ ops: own }) => own.map(({ op, isGradient }) => (isGradient ? `∂${op}` : op)));
  return { ops: ops.toSorted(), withLines: lines.every(({ line }) => line !== undefined), took: kernelTime >= 0 };
}

/** Minimises a square by hand, with state that stays where the backend has it. */
async function descend(): Promise<unknown> {
  const step = jit((w: Tensor) => {
    const [loss, slope] = valueAndGrad((v: Tensor) => sum(square(sub(v, 3))))(w);
    return { loss, next: sub(w, mul(slope, 0.25)) };
  });
  let w = tensor([0, 1, 2]);
  for (let done = 0; done < 30; done++) ({ next: w } = await step(w));
  return toArray(w);
}

/** Twice some float16 numbers: browsers hold them in an array of their own, which the runtime hands out. */
async function half(): Promise<unknown> {
  return toArray(mul(tensor([1.5, -2], { dtype: 'float16' }), 2));
}

/** What computing in float64 fails with. */
async function float64Failure(): Promise<string> {
  return toArray(mul(tensor([1.5], { dtype: 'float64' }), 2)).then(
    () => 'nothing',
    (error: Error) => `${error.name} ${error.message}`,
  );
}

/** Writes, lists, reads in ranges and removes files of the page's origin. */
async function storage() {
  const files = (await webBackend({ device: 'wasm' })).storage!;
  const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
  const why = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'nothing thrown',
      (error: Error) => error.message,
    );
  await files.writeAtomic('a/b/first.bin', [bytes(1, 2), bytes(3, 4, 5)]);
  await files.writeAtomic('/a/b/first.bin', [bytes(9, 8, 7, 6)]);
  await files.writeAtomic('a/b/second.bin', [new Uint8Array(new SharedArrayBuffer(2))]);
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes(0, 0);
    throw new Error('the producer failed');
  };
  const broken = await why(files.writeAtomic('a/b/first.bin', failing()));
  const brokenNew = await why(files.writeAtomic('a/b/third.bin', failing()));
  const state = {
    names: await files.list('a/b'),
    none: await files.list('nowhere'),
    size: await files.size('a/b/first.bin'),
    sizes: [await files.size('a/b'), await files.size('a/b/third.bin')],
    whole: [...(await files.read('a/b/first.bin'))],
    part: [...(await files.read('./a/b/first.bin', 1, 2))],
    errors: [
      broken,
      brokenNew,
      await why(files.read('a/b/first.bin', 2, 3)),
      await why(files.read('a/none.bin')),
      await why(files.writeAtomic('a/b/first.bin/x', [])),
      await why(files.read('../secret')),
      await why(files.size('')),
    ],
  };
  await files.remove('a/b/first.bin');
  await files.remove('a/b/first.bin');
  return { ...state, left: await files.list('a/b') };
}

/** Loses the GPU twice: what works in between, and what is said. */
async function loseGpu() {
  const devices: { destroy(): void }[] = [];
  const { GPUAdapter } = globalThis as unknown as {
    GPUAdapter: { prototype: { requestDevice(options: unknown): Promise<{ destroy(): void }> } };
  };
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (options: unknown) {
    const device = await request.call(this, options);
    devices.push(device);
    return device;
  };
  const { warnings } = await open({ device: 'webgpu' });
  const why = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'nothing thrown',
      (error: Error) => `${error.name} ${error.message}`,
    );
  const double = jit((x: Tensor) => mul(x, 2));
  const run = async () => toArray(await double(tensor([1, 2])));
  const kept = await double(tensor([1, 2]));
  const before = await run();
  devices[0]!.destroy();
  const lost = await why(toArray(kept));
  const lostInput = await why(double(kept));
  const after = await run();
  devices[1]!.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = await why(run());
  GPUAdapter.prototype.requestDevice = request;
  return { before, lost, lostInput, after, second, warnings, devices: devices.length };
}

export const tests = {
  open,
  failure,
  opNames,
  conformance,
  randomBits,
  losses,
  profiled,
  descend,
  half,
  float64Failure,
  storage,
  loseGpu,
};
Object.assign(globalThis, { tests });
