import { GaiError } from '@gai/core/backend';
import type { DeviceBuffer, DType, HostTensor, Session, SessionOptions } from '@gai/core/backend';
import { nodeBackend } from '@gai/backend-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doubling, makeModel, stepping } from '../../backend-node/test/models.ts';
import { webBackend } from '../src/index.ts';
import type { WebBackend } from '../src/index.ts';

const XY: SessionOptions = { inputs: ['x'], outputs: ['y'] };
const STEP: SessionOptions = { inputs: ['state', 'change'], outputs: ['next', 'total'] };

const open = (): Promise<WebBackend> => webBackend({ device: 'wasm' });

/** A float32 vector. */
const floats = (...values: readonly number[]): HostTensor & { data: Float32Array } => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
});

/** Runs and reads every output. */
async function runAndRead(session: Session, inputs: readonly (HostTensor | DeviceBuffer)[]): Promise<number[][]> {
  const outputs = await session.run(inputs);
  return Promise.all(outputs.map(async (output) => Array.from(await output.read(), Number)));
}

/** What a promise was rejected with. */
async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${String(value)}`);
    },
    (error: unknown) => error as Error,
  );
}

describe('the backend on WebAssembly', () => {
  let backend: WebBackend;
  beforeAll(async () => (backend = await open()));
  afterAll(() => backend.dispose());

  it('says what it is', () => {
    const { name, device, provider, threads, maxSessions, storage } = backend;
    expect({ name, device, provider, threads, maxSessions, storage }).toEqual({
      name: 'web',
      device: 'wasm',
      provider: 'wasm',
      threads: 1,
      maxSessions: 64,
      storage: undefined,
    });
  });

  it('runs host tensors and buffers, and carries state', async () => {
    const session = await backend.load(stepping(), STEP);
    let state = backend.upload(floats(1, 2));
    for (let step = 0; step < 3; step++) {
      const [next, total] = await session.run([state, floats(10, 20)]);
      expect([next!.dtype, next!.shape, total!.shape]).toEqual(['float32', [2], []]);
      expect((await total!.read())[0]).toBe(3 + 30 * (step + 1));
      state.dispose();
      state = next!;
    }
    expect([...(await state.read())]).toEqual([31, 62]);
    await session.release();
    expect((await rejection(session.run([state, floats(1)]))).message).toContain('run: the session was released.');
  });

  it('gives outputs by name, in the order asked for, also fewer than the model has', async () => {
    const swapped = await backend.load(stepping(), { inputs: ['change', 'state'], outputs: ['total', 'next'] });
    expect(await runAndRead(swapped, [floats(1, 2), floats(3, 4)])).toEqual([[10], [4, 6]]);
    const fewer = await backend.load(stepping(), { ...STEP, outputs: ['total'] });
    expect(await runAndRead(fewer, [floats(1, 2), floats(3, 4)])).toEqual([[10]]);
  });

  it.each<[DType, HostTensor['data']]>([
    ['float32', new Float32Array([1.5, -2])],
    ['float64', new Float64Array([1.5, -2])],
    ['float16', new Uint16Array([0x3c00, 0xc000])],
    ['int32', new Int32Array([1, -2])],
    ['uint32', new Uint32Array([1, 4_000_000_000])],
    ['uint8', new Uint8Array([1, 255])],
    ['int8', new Int8Array([1, -128])],
    ['int64', new BigInt64Array([1n, -9_007_199_254_740_993n])],
    ['bool', new Uint8Array([1, 0])],
  ])('keeps every element of %s', async (dtype, data) => {
    const model = makeModel({
      nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
      inputs: [['x', dtype, ['n']]],
      outputs: [['y', dtype, ['n']]],
    });
    const session = await backend.load(model, XY);
    for (const input of [{ dtype, shape: [2], data }, backend.upload({ dtype, shape: [2], data })]) {
      const [y] = await session.run([input]);
      expect(y!.dtype).toBe(dtype);
      expect(await y!.read()).toEqual(data);
      const [again] = await session.run([y!]);
      expect(await again!.read()).toEqual(data);
    }
    expect(await backend.upload({ dtype, shape: [2], data }).read()).toEqual(data);
  });

  it('takes scalars, tensors without elements, and views into larger memory', async () => {
    const session = await backend.load(doubling(), XY);
    expect(await runAndRead(session, [floats()])).toEqual([[]]);
    const memory = new Float32Array([9, 1, 2, 9]);
    const view: HostTensor = { dtype: 'float32', shape: [2], data: memory.subarray(1, 3) };
    expect(await runAndRead(session, [view])).toEqual([[2, 4]]);
    expect(await runAndRead(session, [backend.upload(view)])).toEqual([[2, 4]]);
    const scalar = backend.upload({ dtype: 'float32', shape: [], data: new Float32Array([7]) });
    expect([...(await scalar.read())]).toEqual([7]);
  });

  it('reads weights that lie beside the model', async () => {
    const model = makeModel({
      nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
      inputs: [['x', 'float32', [3]]],
      outputs: [['y', 'float32', [3]]],
      initializers: [['w', 'float32', [3], { location: 'weights', offset: 4, length: 12 }]],
    });
    const weights = new Uint8Array(new Float32Array([9, 1, 2, 3]).buffer);
    const session = await backend.load(model, { ...XY, externalData: new Map([['weights', weights]]) });
    expect(await runAndRead(session, [floats(10, 20, 30)])).toEqual([[11, 22, 33]]);
  });

  it('runs 100 at once, each with its own result, in the order asked for', async () => {
    const session = await backend.load(doubling(), XY);
    const order: number[] = [];
    const results = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const [y] = await session.run([floats(index, index + 1)]);
        order.push(index);
        return [...(await y!.read())];
      }),
    );
    expect(results).toEqual(Array.from({ length: 100 }, (_, index) => [2 * index, 2 * index + 2]));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('lets buffers go, small and large ones, while a run that was asked for still needs them', async () => {
    const session = await backend.load(doubling(), XY);
    const [large] = await session.run([floats(...new Array<number>(40_000).fill(2))]);
    for (const x of [backend.upload(floats(4, 4)), large!]) {
      const results = [session.run([x]), session.run([x])];
      x.dispose();
      x.dispose();
      expect(x.disposed).toBe(true);
      for (const [y] of await Promise.all(results)) expect((await y!.read())[1]).toBe(8);
      expect((await rejection(x.read())).message).toContain('read: the buffer was disposed.');
      expect((await rejection(session.run([x]))).message).toContain('run: the buffer was disposed.');
    }
  });

  it('stops runs that have not begun', async () => {
    const session = await backend.load(doubling(), XY);
    const before = await rejection(session.run([floats(1)], { signal: AbortSignal.abort(new Error('stop')) }));
    expect(before.message).toBe('stop');
    const controller = new AbortController();
    const first = session.run([floats(1)]);
    const waiting = session.run([floats(2)], { signal: controller.signal });
    controller.abort();
    expect((await rejection(waiting)).name).toBe('AbortError');
    expect([...(await (await first)[0]!.read())]).toEqual([2]);
  });

  it('names the ONNX node that failed and the line it was written for', async () => {
    const model = makeModel({
      nodes: [{ op: 'Gather', inputs: ['x', 'indices'], outputs: ['y'] }],
      inputs: [
        ['x', 'float32', ['n']],
        ['indices', 'int32', [1]],
      ],
      outputs: [['y', 'float32', [1]]],
    });
    const describe = (node: string): string => `train.ts:12 (${node})`;
    const session = await backend.load(model, { inputs: ['x', 'indices'], outputs: ['y'], describe });
    const at = (index: number): HostTensor => ({ dtype: 'int32', shape: [1], data: Int32Array.of(index) });
    const error = await rejection(session.run([floats(1, 2), at(7)]));
    expect(error.name).toBe('BackendError');
    expect(error.message).toMatchInlineSnapshot(
      `"run: the graph failed while it ran in ONNX node 'gather_0', written at train.ts:12 (gather_0). Got the index 7; expected -2 to 1, which the axis has. Look at what the indices (labels, tokens) are made of."`,
    );
    expect(await runAndRead(session, [floats(1, 2), at(1)])).toEqual([[2]]);
  });

  it('refuses what does not fit the graph', async () => {
    const session = await backend.load(stepping(), STEP);
    const other = await nodeBackend({ device: 'cpu' });
    const wrong: (HostTensor | DeviceBuffer)[][] = [
      [floats(1)],
      [floats(1), { dtype: 'int32', shape: [1], data: new Int32Array(1) }],
      [floats(1), { ...floats(1), shape: [2] }],
      [floats(1), { dtype: 'bfloat16', shape: [1], data: new Uint16Array(1) }],
      [floats(1), { dtype: 'float32', shape: [1], data: new Float32Array(new SharedArrayBuffer(4)) }],
      [floats(1), other.upload(floats(1))],
    ];
    const messages = await Promise.all(wrong.map(async (inputs) => (await rejection(session.run(inputs))).message));
    await other.dispose();
    expect(messages).toMatchInlineSnapshot(`
      [
        "run: wrong number of inputs. Got 1; expected 2 (state, change). Pass one tensor per input, in order.",
        "run: input 'change' has another dtype than the graph. Got int32; expected float32. Cast it first.",
        "run: data and shape differ in size. Got 1 elements; expected 2 for shape [2]. Pass as many elements as the shape has.",
        "run: ONNX Runtime has no JavaScript tensor of this dtype. Got bfloat16; expected one of float32, float64, float16, int32, uint32, uint8, int8, int64, bool. Cast to float32 or float16 first.",
        "run: the data lies in shared memory. Got a SharedArrayBuffer; expected an ArrayBuffer, which is all that ONNX Runtime reads. Copy it with slice().",
        "run: the buffer belongs to another backend. Got one of 'node' (cpu); expected one of the backend that runs the graph. Read it and upload it there.",
      ]
    `);
  });

  it.each<[string, () => Uint8Array, SessionOptions, string]>([
    ['no bytes', () => new Uint8Array(0), XY, 'load: the graph does not compile.'],
    ['a model cut off', () => doubling().subarray(0, 40), XY, "Got 'Failed to load model because protobuf parsing"],
    ['other inputs', () => doubling(), { ...XY, inputs: ['z'] }, 'the inputs asked for are not those of the graph.'],
    ['other outputs', () => doubling(), { ...XY, outputs: ['z'] }, 'Got z; expected y. Name them as the model does.'],
  ])('refuses to load %s', async (_, model, options, part) => {
    const error = await rejection(backend.load(model(), options));
    expect(GaiError.isInstance(error)).toBe(true);
    expect(error.message).toContain(part);
  });
});

describe('dispose', () => {
  it('waits for the runs asked for, then refuses everything; other backends go on', async () => {
    const [backend, other] = [await open(), await open()];
    const session = await backend.load(doubling(), XY);
    const buffer = backend.upload(floats(1));
    const runs = [session.run([buffer]), session.run([floats(5)])];
    const disposed = Promise.all([backend.dispose(), backend.dispose()]);
    expect(await Promise.all(runs.map(async (run) => (await run)[0]!.shape))).toEqual([[1], [1]]);
    await disposed;
    expect(buffer.disposed).toBe(true);
    const refused = [
      rejection(backend.load(doubling(), XY)),
      rejection(session.run([floats(1)])),
      rejection(buffer.read()),
    ];
    for (const error of await Promise.all(refused)) expect(error.message).toContain('the backend was disposed');
    expect(() => backend.upload(floats(1))).toThrow(
      'upload: the backend was disposed. Got a call after dispose(); expected it before. Make a new one and set it: ' +
        'setDefaultBackend(await webBackend()). Tensors that the old one computed are gone.',
    );
    expect(await runAndRead(await other.load(doubling(), XY), [floats(4)])).toEqual([[8]]);
    await other.dispose();
  });

  it('happens at the end of a block with `await using`', async () => {
    let outside: WebBackend;
    {
      await using backend = await open();
      outside = backend;
      using x = backend.upload(floats(1, 2)) as DeviceBuffer & Disposable;
      expect([...(await x.read())]).toEqual([1, 2]);
    }
    expect(() => outside.upload(floats(1))).toThrow('disposed');
  });
});
