import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attribute, graphProto, modelProto, nodeProto, valueInfo, Wire } from '@gai/core/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { doubling } from '../test/models.ts';
import { nodeBackend } from './backend.ts';
import { openOnnx } from './open-onnx.ts';

const folder = await mkdtemp(join(tmpdir(), 'gai-open-'));
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

it('runs a file by the names in it', async () => {
  const model = await openOnnx(await file('double.onnx', doubling()), { threads: 1 });
  expect([model.inputNames, model.outputNames]).toEqual([['x'], ['y']]);
  const { y } = await model.run({ x: { dtype: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) } });
  expect(y).toEqual({ dtype: 'float32', shape: [3], data: Float32Array.of(2, 4, 6) });
  await expect(model.run({})).rejects.toThrow("run: input 'x' is missing. Got none;");
  await expect(model.run({ x: { dtype: 'int32', shape: [1], data: Int32Array.of(1) } })).rejects.toThrow(
    "Got 'Unexpected input data type. Actual: (tensor(int32)) , expected: (tensor(float))'",
  );
  await model.release();
});

it('refuses options and inputs that are none, in one line', async () => {
  const path = await file('options.onnx', doubling());
  for (const options of [
    null,
    { threads: NaN },
    { threads: -1 },
    { threads: 1e308 },
    { threads: '2' },
    { thread: 1 },
  ]) {
    await expect(openOnnx(path, options as never), JSON.stringify(options)).rejects.toMatchObject({
      name: 'ArgumentError',
    });
  }
  const model = await openOnnx(path, { threads: 1 });
  const whole = { dtype: 'float32', shape: [1], data: Float32Array.of(1) };
  for (const x of [5, {}, { ...whole, data: null }, { ...whole, shape: null }, { ...whole, shape: '1' }]) {
    await expect(model.run({ x: x as never }), JSON.stringify(x)).rejects.toMatchObject({ name: 'DTypeError' });
  }
  await expect(model.run(null as never)).rejects.toThrow("input 'x' is missing");
  await model.release();
});

it('keeps the bits of float16, on any Node', async () => {
  const model = await openOnnx(await file('half.onnx', doubling('float16')));
  const { y } = await model.run({ x: { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0xc000) } });
  expect(y?.data).toEqual(Uint16Array.of(0x4000, 0xc400));
  await model.release();
});

it('refuses a file that is missing, empty, cut off, or no model', async () => {
  const broken = [
    join(folder, 'nothing.onnx'),
    await file('empty.onnx', new Uint8Array(0)),
    await file('cut.onnx', doubling().subarray(0, 30)),
    await file('text.onnx', Buffer.from('hello')),
  ];
  for (const path of broken) {
    const error = await openOnnx(path).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ name: 'DataError', code: 'DATA' });
    expect((error as Error).message).toContain(`Got '${path}'`);
    expect((error as Error).message).not.toContain('\n');
  }
});

/** ONNX element types of 4 bits: the runtime's binding ends the process at a tensor of one. */
describe.each([
  ['uint4', 21],
  ['int4', 22],
])('%s', (name, type) => {
  /** Five numbers through the element type, and on to float32 unless the output is of that type. */
  const model = (inner: boolean): Uint8Array => {
    const cast = (input: string, output: string, to: number): ReturnType<typeof nodeProto> =>
      nodeProto({
        name: `to_${output}`,
        opType: 'Cast',
        domain: '',
        inputs: [input],
        outputs: [output],
        attributes: [attribute('to', to)],
      });
    const graph = graphProto({
      name: 'small',
      nodes: [cast('x', 'h', type), cast('h', 'y', 1)],
      initializers: [],
      inputs: [valueInfo('x', 'float32', [5])],
      outputs: [inner ? valueInfo('y', 'float32', [5]) : new Wire().string(1, 'h')],
    });
    return modelProto(graph, new Map([['', 21]]));
  };

  it('runs inside a graph', async () => {
    const opened = await openOnnx(await file(`inner-${name}.onnx`, model(true)), { threads: 1 });
    const { y } = await opened.run({ x: { dtype: 'float32', shape: [5], data: Float32Array.of(0, 1, 2, 3, 7) } });
    expect(y?.data).toEqual(Float32Array.of(0, 1, 2, 3, 7));
    await opened.release();
  });

  it('is refused as an output before anything runs', async () => {
    await expect(openOnnx(await file(`output-${name}.onnx`, model(false)))).rejects.toThrow(
      `(load: output 'h' has a type that no dtype stands for. Got ${name}; expected one of float32,`,
    );
    await using backend = await nodeBackend({ device: 'cpu', threads: 1 });
    await expect(backend.load(model(false), { inputs: ['x'], outputs: ['h'] })).rejects.toThrow(
      `load: output 'h' has a type that no dtype stands for. Got ${name};`,
    );
  });
});
