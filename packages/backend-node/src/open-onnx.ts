import { stat } from 'node:fs/promises';
import { ArgumentError, BackendError, DataError } from '@gai/core';
import {
  carryBits,
  checkArgument,
  checkOptionNames,
  dtypeOfRuntimeType,
  hostTensor,
  inputTypes,
  outputTypes,
  wrapRuntimeError,
} from '@gai/core/backend';
import type { HostTensor, TypedArray } from '@gai/core/backend';
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { loadRuntime } from './runtime.ts';
import type { Runtime } from './runtime.ts';

/** An ONNX model that ONNX Runtime runs by itself; see {@link openOnnx}. */
export interface OnnxModel {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** From inputs by name to all outputs by name. */
  run(inputs: Readonly<Record<string, HostTensor>>): Promise<Readonly<Record<string, HostTensor>>>;
  /** Frees the model. */
  release(): Promise<void>;
}

/** Options of {@link openOnnx}. */
export interface OpenOnnxOptions {
  /** CPU threads. Default: as ONNX Runtime chooses. */
  readonly threads?: number | undefined;
}

/**
 * Opens any ONNX file with ONNX Runtime alone: no graph of this library is involved, so it shows what a file is worth
 * to whoever gets it.
 *
 * The runtime maps weights that lie beside the model: as long as it is open, replace such a file (as `exportOnnx` does), but
 * never write into it or cut it off.
 * @param path - The file; weights beside it are found.
 * @param options.threads - CPU threads. Default: as ONNX Runtime chooses.
 * @throws {@link ArgumentError} if there is no such option.
 * @throws {@link DataError} if there is no such file, it is no ONNX model, or the weights beside it are missing or cut off.
 * @example
 * await exportOnnx((x: Tensor) => mul(x, 2), { x: spec(['n']) }, 'double.onnx');
 * const model = await openOnnx('double.onnx');
 * const { output } = await model.run({ x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } });
 * output?.data; // => new Float32Array([2, 4])
 * @category ONNX
 */
export async function openOnnx(path: string, options: OpenOnnxOptions = {}): Promise<OnnxModel> {
  checkOptions(options);
  const runtime = await loadRuntime();
  await checkReadable(path);
  const session = await openSession(runtime, path, options).catch((cause) => {
    checkWeights(path, cause);
    throw new DataError(
      `openOnnx: not an ONNX model that runs here. Got '${path}' (${wrapRuntimeError(cause, 'load').message}); expected ` +
        `a file that gai train or exportOnnx wrote. Write it anew.`,
      { op: 'openOnnx', details: { path }, cause },
    );
  });
  const run = async (inputs: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>> => {
    const feeds: Record<string, RuntimeTensor> = {};
    if (typeof inputs !== 'object' || inputs === null) missing(session.inputNames.join(', '), []);
    for (const name of session.inputNames) {
      feeds[name] = hostTensor<RuntimeTensor>(runtime, inputs[name] ?? missing(name, Object.keys(inputs)), 'run');
    }
    const results = await session.run(feeds).catch((cause) => {
      throw wrapRuntimeError(cause, 'run');
    });
    return Object.fromEntries(
      Object.entries(results).map(([name, value]) => [name, toHost(name, value as RuntimeTensor)]),
    );
  };
  const { inputNames, outputNames } = session;
  return { inputNames, outputNames, run, release: () => session.release() };
}

/** Refuses inputs and outputs of types like int4 before a run: the runtime's binding ends the process at such a tensor. */
async function openSession(runtime: Runtime, path: string, { threads }: OpenOnnxOptions): Promise<InferenceSession> {
  const count = threads === undefined ? {} : { intraOpNumThreads: threads };
  const session = await runtime.InferenceSession.create(path, { ...count, logSeverityLevel: 3 });
  try {
    inputTypes(session.inputMetadata, session.inputNames);
    outputTypes(session.outputMetadata, session.outputNames);
    return session;
  } catch (error) {
    await session.release();
    throw error;
  }
}

function checkOptions(options: OpenOnnxOptions): void {
  checkOptionNames('openOnnx', options, ['threads']);
  const { threads } = options;
  const fits = threads === undefined || (Number.isInteger(threads) && threads >= 1 && threads < 2 ** 31);
  checkArgument(fits, threads, { op: 'openOnnx', name: 'threads', rule: 'a whole number of at least 1' });
}

/** Says it in one line where the runtime finds no weights beside the model, or too few. */
function checkWeights(path: string, cause: unknown): void {
  const message = cause instanceof Error ? cause.message : '';
  const [, missing] = /External data path does not exist: "([^"]*)"/.exec(message) ?? [];
  const [, offset, size, length] = /offset: (\d+) size to read: (\d+) given file_length: (\d+)/.exec(message) ?? [];
  if (missing === undefined && length === undefined) return;
  const got = missing === undefined ? `a file of ${length} bytes` : `no file '${missing}'`;
  const expected =
    missing === undefined ? `at least ${Number(offset) + Number(size)} bytes` : 'the file that was exported with it';
  throw new DataError(
    `openOnnx: the weights beside the model are not there. Got ${got} for '${path}'; expected ${expected}. Copy both files ` +
      'whole, or export the model again.',
    { op: 'openOnnx', details: { path }, cause },
  );
}

async function checkReadable(path: string): Promise<void> {
  try {
    const { size } = await stat(path);
    if (size > 0) return;
  } catch (cause) {
    throw new DataError(
      `openOnnx: cannot read the model. Got '${path}'; expected a readable ONNX file. Check the path, or train one first.`,
      { op: 'openOnnx', details: { path }, cause },
    );
  }
  throw new DataError(`openOnnx: the file is empty. Got '${path}' with 0 bytes; expected an ONNX model.`, {
    op: 'openOnnx',
  });
}

function toHost(name: string, value: RuntimeTensor): HostTensor {
  const dtype = dtypeOfRuntimeType(value.type);
  if (dtype !== undefined) return { dtype, shape: value.dims, data: carryBits(value).data as TypedArray };
  throw new BackendError(`openOnnx: output '${name}' has a type that no dtype stands for. Got ${value.type}.`, {
    op: 'openOnnx',
  });
}

function missing(name: string, given: readonly string[]): never {
  throw new ArgumentError(
    `run: input '${name}' is missing. Got ${given.join(', ') || 'none'}; expected '${name}', too.`,
    {
      op: 'openOnnx',
    },
  );
}
