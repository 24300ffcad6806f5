import { ArgumentError, BackendError } from '../errors.ts';
import { toposort } from '../ir/graph.ts';
import type { TensorType } from '../ir/op.ts';
import type { OnnxTarget } from '../ir/onnx-binding.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Variable } from '../ir/variable.ts';
import { verify } from '../ir/verify.ts';
import { getDefaultBackend } from '../runtime/default.ts';
import { data, evaluate } from '../runtime/read.ts';
import { evaluateShape } from '../shape.ts';
import { isSpec, traceArgs } from '../trace/trace.ts';
import type { Traced } from '../trace/trace.ts';
import { flattenTree } from '../tree.ts';
import { emit } from './emit.ts';
import type { Weight } from './emit.ts';
import { rawBytes } from './model.ts';
import type { ExternalData } from './model.ts';
import { OPSET } from './opset.ts';

/** A module, or anything else with a `forward` and a training mode. */
interface Forward {
  forward(...inputs: Tensor[]): unknown;
  eval?(): unknown;
  /** Remembers training modes; the result goes back to them. */
  saveModes?(): () => void;
  namedParameters?(): ReadonlyMap<string, Variable>;
  namedBuffers?(): ReadonlyMap<string, Variable>;
}

/** What {@link exportOnnx} writes: a function of tensors, or a module (in evaluation mode). */
export type Exportable = ((...inputs: never[]) => unknown) | Forward;

/** Settings of {@link exportOnnx} and {@link toOnnx}. */
export interface ExportOptions {
  /** Bytes of weights from which they go to a file of their own beside the model. Default 1.5 · 2³⁰. */
  readonly externalDataThreshold?: number | undefined;
}

/** A model as bytes, and the weights that did not go into it. */
export interface OnnxFile {
  readonly model: Uint8Array<ArrayBuffer>;
  /** Weights in the order of their offsets in the external file; empty if the model holds them. */
  readonly external: readonly Uint8Array[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

const DEFAULT_THRESHOLD = 1.5 * 2 ** 30;
/** External tensors begin at multiples of this, so that they can be mapped into memory. */
const ALIGNMENT = 4096;

/**
 * Writes a function or module as an ONNX file of operator set 20 that any ONNX Runtime runs, without this library.
 *
 * Inputs are named as in `specs`; outputs `output`, or by the keys of what is returned. Parameters become
 * initializers. Weights of more than 1.5 GB go to `<path>.data`.
 * @param target - A module (exported in evaluation mode) or a function.
 * @param specs - For each argument, by name, its {@link spec}; sizes that are names stay symbolic.
 * @param path - Where to write, through the default backend's storage.
 * @throws {@link BackendError} if the backend has no storage (use {@link toOnnx}) or writing fails.
 * @example
 * await exportOnnx((x: Tensor) => mul(x, 2), { x: spec(['batch', 3]) }, 'double.onnx');
 * @category ONNX
 */
export async function exportOnnx(
  target: Exportable,
  specs: Readonly<Record<string, unknown>>,
  path: string,
  options: ExportOptions = {},
): Promise<void> {
  const { storage, name } = getDefaultBackend();
  if (storage === undefined) {
    throw new BackendError(
      `exportOnnx: the backend '${name}' has no files. Got path '${path}'; expected a backend with storage. ` +
        `Use toOnnx(...) and save the bytes yourself.`,
      { op: 'exportOnnx' },
    );
  }
  const location = `${path.split(/[\\/]/).at(-1)}.data`;
  const file = await write(target, specs, { ...options, location });
  if (file.external.length > 0) await storage.writeAtomic(`${path}.data`, padded(file.external));
  await storage.writeAtomic(path, [file.model]);
}

/**
 * As {@link exportOnnx}, but returns the bytes.
 * @example
 * const { model } = await toOnnx((x: Tensor) => mul(x, 2), { x: spec(['batch', 3]) });
 * model.length > 100; // => true
 * @category ONNX
 */
export function toOnnx(
  target: Exportable,
  specs: Readonly<Record<string, unknown>>,
  options: ExportOptions = {},
): Promise<OnnxFile> {
  return write(target, specs, { ...options, location: 'weights.data' });
}

async function write(
  target: Exportable,
  specs: Readonly<Record<string, unknown>>,
  options: ExportOptions & { readonly location: string },
): Promise<OnnxFile> {
  const traced = traceTarget(target, specs);
  const { graph } = traced;
  const names = { inputNames: inputNames(graph.inputs), outputNames: outputNames(traced) };
  checkNames([...names.inputNames, ...names.outputNames]);
  const weights = await readWeights(capturedBy(traced), variableNames(target), new Set(Object.values(names).flat()));
  verify(graph);
  const layout = planExternal([...weights.values()], options);
  const portable: OnnxTarget = { mode: 'portable', provider: 'cpu', opset: OPSET };
  const external = (weight: Weight): ExternalData | undefined => layout.get(weight);
  const { bytes } = emit({ graph, ...names, target: portable, weights, external });
  return { model: bytes, external: [...layout.keys()].map((weight) => rawBytes(weight.data)), ...names };
}

/** What the function uses from outside: every output of a node that is used, so that each becomes a weight. */
function capturedBy({ graph, scope }: Traced): Tensor[] {
  const isInput = (node: Node): boolean => node.values[0] !== undefined || node.scope !== scope;
  const own = new Set(graph.inputs.map((input) => input.node));
  const nodes = toposort(graph.outputs, isInput);
  const used = new Set(nodes.flatMap((node) => (isInput(node) ? [] : node.inputs)).concat(graph.outputs));
  return [...used].filter(({ node }) => node.scope !== scope && !own.has(node));
}

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new ArgumentError(
    `exportOnnx: a name is given twice. Got '${twice}' for two of the inputs and outputs (${names.join(', ')}); expected ` +
      `different names. Rename a key of the specs or of what the function returns.`,
    { op: 'exportOnnx', details: { names } },
  );
}

function traceTarget(target: Exportable, specs: Readonly<Record<string, unknown>>): Traced {
  const args = Object.values(specs);
  const keys = Object.keys(specs);
  const typeOf = (leaf: unknown): TensorType | undefined => (isTensor(leaf) || isSpec(leaf) ? leaf : undefined);
  // `[0].mask` of argument 0, which specs calls batch, is batch_mask.
  const nameOf = (path: string): string => sanitize(path.replace(/^\[(\d+)\]/, (_, index) => keys[Number(index)]!));
  if (typeof target === 'function') return named(traceArgs(target, args, typeOf, nameOf), specs);
  const restore = target.saveModes?.();
  target.eval?.();
  try {
    const forward = (...inputs: Tensor[]): unknown => target.forward(...inputs);
    return named(traceArgs(forward as never, args, typeOf, nameOf), specs);
  } finally {
    restore?.();
  }
}

function named(traced: Traced, specs: Readonly<Record<string, unknown>>): Traced {
  if (traced.graph.outputs.length > 0 && traced.graph.inputs.length > 0) return traced;
  throw new ArgumentError(
    `exportOnnx: nothing to export. Got ${traced.graph.inputs.length} tensor inputs from { ${Object.keys(specs).join(', ')} }` +
      ` and ${traced.graph.outputs.length} tensor outputs; expected at least one of each. Describe inputs with spec(...).`,
    { op: 'exportOnnx' },
  );
}

function inputNames(inputs: readonly Tensor[]): string[] {
  return inputs.map(({ leaf }) => (leaf?.kind === 'input' ? leaf.name : 'input'));
}

function outputNames(traced: Traced): string[] {
  const { leaves, paths } = flattenTree(traced.result);
  const names = paths.filter((_, index) => isTensor(leaves[index])).map((path) => sanitize(path.slice(1)));
  return names.map((name) => (name === '' ? 'output' : name.replace(/^(?=\d)/, 'output_')));
}

const sanitize = (path: string): string => path.replace(/\]\[|\]\.|\.|\[/g, '_').replaceAll(']', '');

function variableNames(target: Exportable): Map<Variable, string> {
  if (typeof target === 'function') return new Map();
  const named = [...(target.namedParameters?.() ?? []), ...(target.namedBuffers?.() ?? [])];
  return new Map(named.map(([name, variable]) => [variable, name]));
}

async function readWeights(
  captured: readonly Tensor[],
  names: ReadonlyMap<Variable, string>,
  used: Set<string>,
): Promise<Map<Tensor, Weight>> {
  await evaluate(...captured);
  const weights = new Map<Tensor, Weight>();
  for (const [index, tensor] of captured.entries()) {
    const { leaf, dtype } = tensor;
    const variable = leaf?.kind === 'variable' ? leaf.variable : undefined;
    const wanted = variable === undefined ? `captured_${index}` : (names.get(variable) ?? variable.name);
    let name = wanted;
    for (let count = 1; used.has(name); count++) name = `${wanted}_${count}`;
    used.add(name);
    weights.set(tensor, { name, dtype, shape: evaluateShape(tensor.shape, new Map()), data: await data(tensor) });
  }
  return weights;
}

function planExternal(
  weights: readonly Weight[],
  options: ExportOptions & { readonly location: string },
): Map<Weight, ExternalData> {
  const total = weights.reduce((bytes, weight) => bytes + weight.data.byteLength, 0);
  const layout = new Map<Weight, ExternalData>();
  if (total <= (options.externalDataThreshold ?? DEFAULT_THRESHOLD)) return layout;
  let offset = 0;
  for (const weight of weights) {
    const length = weight.data.byteLength;
    layout.set(weight, { location: options.location, offset, length });
    offset += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  }
  return layout;
}

function* padded(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const part of parts) {
    yield part;
    const rest = (ALIGNMENT - (part.length % ALIGNMENT)) % ALIGNMENT;
    if (rest > 0) yield new Uint8Array(rest);
  }
}
