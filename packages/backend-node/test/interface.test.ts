import { GaiError } from '@gai/core/backend';
import type { DType, HostTensor, SessionOptions } from '@gai/core/backend';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeBackend } from '../src/index.ts';
import { WAYS, floats, open, rejection, runAndRead } from './backends.ts';
import { doubling, makeModel, stepping } from './models.ts';
import type { TestModel } from './models.ts';

const XY: SessionOptions = { inputs: ['x'], outputs: ['y'] };
const STEP: SessionOptions = { inputs: ['state', 'change'], outputs: ['next', 'total'] };

describe.each(WAYS)('the backend %s', { timeout: 60_000 }, (_, worker) => {
  let backend: NodeBackend;
  let other: NodeBackend;
  beforeAll(async () => {
    backend = await open(worker);
    other = await open(false);
  }, 60_000);
  afterAll(async () => {
    await backend.dispose();
    await other.dispose();
  });

  it('says what it is', () => {
    const { name, device, provider, threads } = backend;
    expect({ name, device, provider, threads, worker: backend.worker }).toEqual({
      name: 'node',
      device: 'cpu',
      provider: 'cpu',
      threads: 1,
      worker,
    });
    expect(backend.maxSessions).toBe(64);
  });

  it('runs host tensors and buffers, and carries state', async () => {
    const session = await backend.load(stepping(), STEP);
    let state = backend.upload(floats(1, 2));
    for (let step = 0; step < 3; step++) {
      const [next, total] = await session.run([state, floats(10, 20)]);
      expect(next!.dtype).toBe('float32');
      expect(next!.shape).toEqual([2]);
      expect(total!.shape).toEqual([]);
      expect((await total!.read())[0]).toBe(3 + 30 * (step + 1));
      state = next!;
    }
    expect([...(await state.read())]).toEqual([31, 62]);
    await session.release();
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
    expect([...memory]).toEqual([9, 1, 2, 9]);
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

  it('lets a buffer go while a run that was asked for still needs it', async () => {
    const session = await backend.load(doubling(), XY);
    const x = backend.upload(floats(4));
    const results = [session.run([x]), session.run([x]), session.run([x])];
    x.dispose();
    x.dispose();
    expect(x.disposed).toBe(true);
    for (const [y] of await Promise.all(results)) expect([...(await y!.read())]).toEqual([8]);
    expect((await rejection(x.read())).message).toBe(
      'read: the buffer was disposed. Got a released float32 buffer of shape [1]; expected a live one. ' +
        'Dispose a tensor after its last use.',
    );
    expect((await rejection(session.run([x]))).message).toContain('run: the buffer was disposed.');
  });

  it('releases a session after the runs asked for, and refuses later ones', async () => {
    const session = await backend.load(doubling(), XY);
    const runs = [session.run([floats(1)]), session.run([floats(2)])];
    await Promise.all([session.release(), session.release()]);
    expect(await Promise.all(runs.map(async (run) => (await (await run)[0]!.read())[0]))).toEqual([2, 4]);
    expect((await rejection(session.run([floats(1)]))).message).toBe(
      'run: the session was released. Got a run after release(); expected it before. Load the model again.',
    );
  });

  it('does not start a run that is aborted, and goes on with the next', async () => {
    const session = await backend.load(doubling(), XY);
    const before = await rejection(session.run([floats(1)], { signal: AbortSignal.abort(new Error('stop')) }));
    expect(before.message).toBe('stop');
    const controller = new AbortController();
    const first = session.run([floats(1)]);
    const waiting = session.run([floats(2)], { signal: controller.signal });
    const last = session.run([floats(3)]);
    controller.abort();
    expect((await rejection(waiting)).name).toBe('AbortError');
    expect([...(await (await first)[0]!.read())]).toEqual([2]);
    expect([...(await (await last)[0]!.read())]).toEqual([6]);
  });

  it('names the ONNX node that failed and the line it was written for', async () => {
    const model = makeModel({
      nodes: [{ op: 'Reshape', inputs: ['x', 'sizes'], outputs: ['y'] }],
      inputs: [
        ['x', 'float32', ['n']],
        ['sizes', 'int64', [2]],
      ],
      outputs: [['y', 'float32', ['a', 'b']]],
    });
    const describe = (node: string): string => `train.ts:12 (${node})`;
    const session = await backend.load(model, { inputs: ['x', 'sizes'], outputs: ['y'], describe });
    const sizes: HostTensor = { dtype: 'int64', shape: [2], data: new BigInt64Array([2n, 2n]) };
    const error = await rejection(session.run([floats(1, 2, 3), sizes]));
    expect(error.name).toBe('BackendError');
    expect(error.message).toMatchInlineSnapshot(
      `"run: the graph failed while it ran in ONNX node 'reshape_0', written at train.ts:12 (reshape_0). Got a tensor of [3] to be made [2,2]; expected as many elements. Look at the sizes that were given."`,
    );
    expect((error as GaiError).details).toMatchObject({ node: 'reshape_0', line: 'train.ts:12 (reshape_0)' });
    expect((error.cause as Error).message).toContain("Name:'reshape_0'");
    expect(await runAndRead(session, [floats(1, 2, 3, 4), sizes])).toEqual([[1, 2, 3, 4]]);
  });

  it('refuses what does not fit the graph', async () => {
    const session = await backend.load(stepping(), STEP);
    const messages = [
      await rejection(session.run([floats(1)])),
      await rejection(session.run([floats(1), { dtype: 'int32', shape: [1], data: new Int32Array(1) }])),
      await rejection(session.run([floats(1), { ...floats(1), shape: [2] }])),
      await rejection(session.run([floats(1), { ...floats(1), dtype: 'int32' }])),
      await rejection(session.run([floats(1), { dtype: 'bfloat16', shape: [1], data: new Uint16Array(1) }])),
      await rejection(session.run([floats(1, 2), { ...floats(1, 2), shape: [2, 1, 1] }])),
    ].map((error) => `${error.name} ${error.message}`);
    expect(messages).toMatchInlineSnapshot(`
      [
        "BackendError run: wrong number of inputs. Got 1; expected 2 (state, change). Pass one tensor per input, in order.",
        "BackendError run: input 'change' has another dtype than the graph. Got int32; expected float32. Cast it first.",
        "ShapeError run: data and shape differ in size. Got 1 elements; expected 2 for shape [2]. Pass as many elements as the shape has.",
        "DTypeError run: the array does not hold the dtype. Got Float32Array for int32; expected Int32Array. Pass the typed array that belongs to the dtype.",
        "DTypeError run: ONNX Runtime has no JavaScript tensor of this dtype. Got bfloat16; expected one of float32, float64, float16, int32, uint32, uint8, int8, int64, bool. Cast to float32 or float16 first.",
        "BackendError run: the graph failed while it ran. Got 3 axes for the input 'change'; expected 1. Reshape what is given.",
      ]
    `);
  });

  it('refuses a buffer of another backend', async () => {
    const session = await backend.load(doubling(), XY);
    const error = await rejection(session.run([other.upload(floats(1))]));
    expect(error.message).toBe(
      "run: the buffer belongs to another backend. Got one of 'node' (cpu); expected one of the backend that runs the " +
        'graph. Read it and upload it there.',
    );
  });

  it.each<[string, () => Uint8Array, SessionOptions, string]>([
    ['no bytes', () => new Uint8Array(0), XY, "Got 'Model data pointer is null.'. Check that the bytes are a whole"],
    ['bytes that are no model', () => new Uint8Array([9, 9, 9, 9]), XY, "Got 'Failed to load model because protobuf"],
    ['a model cut off', () => doubling().subarray(0, 40), XY, "Got 'Failed to load model because protobuf parsing"],
    ['an unknown operator', () => makeModel(NOPE), XY, "does not compile in ONNX node 'nope_0'."],
    ['other inputs', () => doubling(), { ...XY, inputs: ['z'] }, 'the inputs asked for are not those of the graph.'],
    ['too few inputs', () => stepping(), { ...STEP, inputs: ['state'] }, 'Got state; expected state, change.'],
    ['other outputs', () => doubling(), { ...XY, outputs: ['z'] }, 'Got z; expected y. Name them as the model does.'],
    ['int4, which ends the process', () => castTo(22), XY, "output 'y' has a type that no dtype stands for. Got int4;"],
    ['uint4, which ends the process', () => castTo(21), XY, 'Got uint4; expected one of float32, float64, float16,'],
    ['bfloat16', () => castTo(16), XY, "Got 'an input or output of ONNX element type 16, which"],
  ])('refuses to load %s', async (_, model, options, part) => {
    const error = await rejection(backend.load(model(), options));
    expect(GaiError.isInstance(error)).toBe(true);
    expect(error.message).toMatch(/^load: /);
    expect(error.message).toContain(part);
  });

  it('has storage', async () => {
    expect(await backend.storage.size('/there/is/no/such/file')).toBeUndefined();
  });
});

const NOPE: TestModel = {
  nodes: [{ op: 'Nope', inputs: ['x'], outputs: ['y'] }],
  inputs: [['x', 'float32', [2]]],
  outputs: [['y', 'float32', [2]]],
};

/** Casts to an ONNX element type that may have no dtype of ours: its number stands where that of float16 would. */
function castTo(elementType: number): Uint8Array {
  const model = makeModel({
    nodes: [{ op: 'Cast', inputs: ['x'], outputs: ['y'], attributes: { to: elementType } }],
    inputs: [['x', 'float32', [2]]],
    outputs: [['y', 'float16', [2]]],
  });
  // TypeProto.Tensor.elem_type is field 1: the bytes 8, 10
  for (let at = 1; at < model.length; at++) if (model[at] === 10 && model[at - 1] === 8) model[at] = elementType;
  model[model.length - 1] = 21; // the first opset with 4-bit types
  return model;
}

describe.each(WAYS)('dispose %s', { timeout: 60_000 }, (_, worker) => {
  it('waits for the runs asked for, then refuses everything', async () => {
    const backend = await open(worker);
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
        'setDefaultBackend(await nodeBackend()). Tensors that the old one computed are gone.',
    );
    buffer.dispose();
  });

  it('happens at the end of a block with `await using`', async () => {
    let outside: NodeBackend;
    {
      await using backend = await open(worker);
      outside = backend;
      using x = backend.upload(floats(1, 2)) as ReturnType<NodeBackend['upload']> & Disposable;
      expect([...(await x.read())]).toEqual([1, 2]);
    }
    expect(() => outside.upload(floats(1))).toThrow('disposed');
  });
});
