import { checkArgument, checkOptionNames } from '../argument.ts';
import { ArgumentError, BackendError, GraphError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { lower } from '../lowering/lower.ts';
import type { Lowered } from '../lowering/lower.ts';
import { programOf } from '../lowering/program.ts';
import type { Program } from '../lowering/program.ts';
import { PORTABLE } from '../lowering/target.ts';
import { inputNames, outputNames, traceTarget, variableNames } from '../lowering/traced-target.ts';
import type { Exportable } from '../lowering/traced-target.ts';
import type { Weight } from '../onnx/emit.ts';
import type { ExternalData } from '../onnx/model.ts';
import type { LazyBytes } from '../onnx/wire.ts';
import { getDefaultBackend } from './default.ts';
import { weightsOf } from './weights.ts';
import { ALIGNMENT, weightsName, writePair } from './write-pair.ts';
import type { Content } from './write-pair.ts';

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
const MAX_MODEL = 2 ** 31 - 1;

/**
 * Writes a function or module as an ONNX file that any ONNX Runtime runs, without this library: of operator set 20, or
 * of a later one where an op needs it.
 *
 * Inputs are named as in `specs`; outputs `output`, or by the keys of what is returned, in the order in which they were
 * returned. Parameters become initializers. Weights of more than 1.5 GB go to a file beside the model,
 * `<path>.<hash of the weights>.data`; those of earlier exports are removed once the new model is there. An export that is
 * interrupted leaves the old model with its own weights.
 * @param target - A module (exported in evaluation mode) or a function.
 * @param specs - For each argument, by name, its {@link spec}; sizes that are names stay symbolic.
 * @param path - Where to write, through the default backend's storage.
 * @throws {@link GraphError} if it assigns a variable, or uses `debugPrint` or `checkFinite`: no file can do that.
 * @param options.externalDataThreshold - Bytes of weights from which they go beside the model. Default 1.5 · 2³⁰.
 * @throws {@link ArgumentError} if `externalDataThreshold` is not a number of 0 or more.
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
  checkOptionNames('exportOnnx', options, ['externalDataThreshold']);
  const { storage, name } = getDefaultBackend();
  if (storage === undefined) {
    throw new BackendError(
      `exportOnnx: the backend '${name}' has no files. Got path '${path}'; expected a backend with storage. ` +
        `Use toOnnx(...) and save the bytes yourself.`,
      { op: 'exportOnnx' },
    );
  }
  const { lowered, beside } = await write(target, specs, {
    op: 'exportOnnx',
    options,
    nameOf: (parts) => weightsName(path, parts),
  });
  // One weight after the other is read and written: nothing is held twice.
  await writePair(storage, path, { model: lowered.model.chunks(), beside });
}

/**
 * As {@link exportOnnx}, but returns the bytes.
 * @example
 * const { model } = await toOnnx((x: Tensor) => mul(x, 2), { x: spec(['batch', 3]) });
 * model.length > 100; // => true
 * @category ONNX
 */
export async function toOnnx(
  target: Exportable,
  specs: Readonly<Record<string, unknown>>,
  options: ExportOptions = {},
): Promise<OnnxFile> {
  checkOptionNames('toOnnx', options, ['externalDataThreshold']);
  const { lowered, beside } = await write(target, specs, { op: 'toOnnx', options, nameOf: async () => 'weights.data' });
  const { model, ports } = lowered;
  const external: Uint8Array[] = [];
  for (const part of beside?.parts ?? []) external.push(part instanceof Uint8Array ? part : await gather(part));
  const bytes = await gather({ length: model.size, chunks: () => model.chunks() });
  return { model: bytes, external, inputNames: ports.inputs, outputNames: ports.outputs };
}

/** The bytes as one array. */
async function gather(content: LazyBytes): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(content.length);
  let at = 0;
  for await (const chunk of content.chunks()) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** A model that is written, and the weights beside it. */
interface Written {
  readonly lowered: Lowered;
  readonly beside: { readonly name: string; readonly parts: readonly Content[] } | undefined;
}

/** Who writes, how, and under which name what stands beside. */
interface Writing {
  readonly op: 'exportOnnx' | 'toOnnx';
  readonly options: ExportOptions;
  readonly nameOf: (parts: readonly Content[]) => Promise<string>;
}

async function write(
  target: Exportable,
  specs: Readonly<Record<string, unknown>>,
  { op, options, nameOf }: Writing,
): Promise<Written> {
  checkThreshold(op, options);
  const traced = traceTarget(op, target, specs);
  const program = programOf(traced);
  checkPure(op, program);
  const names = { inputs: inputNames(traced.graph.inputs), outputs: outputNames(traced) };
  checkNames(op, [...names.inputs, ...names.outputs]);
  const frozen = await weightsOf(program.captured, weightNames(target, [...names.inputs, ...names.outputs]));
  const parts = [...frozen.values()].map(({ content }) => content);
  const bytes = parts.reduce((total, { length }) => total + length, 0);
  const isBeside = bytes > (options.externalDataThreshold ?? DEFAULT_THRESHOLD);
  const beside = isBeside ? { name: await nameOf(parts), parts } : undefined;
  const layout = beside === undefined ? new Map<Weight, ExternalData>() : layOut([...frozen.values()], beside.name);
  const external = (weight: Weight): ExternalData | undefined => layout.get(weight);
  const lowered = lower(program, { target: PORTABLE, frozen, external, names });
  checkSize(op, lowered.model.size, options);
  return { lowered, beside };
}

function checkThreshold(op: string, { externalDataThreshold: bytes = DEFAULT_THRESHOLD }: ExportOptions): void {
  checkArgument(typeof bytes === 'number' && bytes >= 0, bytes, {
    op,
    name: 'externalDataThreshold',
    rule: 'a number of bytes of 0 or more',
  });
}

/** Protobuf stops at 2 GB. */
// oxlint-disable-next-line max-params -- who asks, what it is and what it should be.
function checkSize(op: string, bytes: number, { externalDataThreshold }: ExportOptions): void {
  if (bytes <= MAX_MODEL) return;
  throw new ArgumentError(
    `${op}: the model file would be too large. Got ${bytes} bytes with externalDataThreshold ` +
      `${externalDataThreshold ?? DEFAULT_THRESHOLD}; expected at most ${MAX_MODEL}, which is what ONNX files can have. ` +
      `Lower externalDataThreshold, so that the weights go beside the model.`,
    { op, details: { bytes } },
  );
}

/** A file computes its outputs and no more. */
function checkPure(op: string, { graph, assigned, effects }: Program): void {
  const [[variable], [effect]] = [assigned, effects];
  if (variable === undefined && effect === undefined) return;
  const what = variable === undefined ? `uses ${effect!.name}` : `assigns the variable '${variable.name}'`;
  const remedy =
    variable === undefined
      ? 'Take it out for the export, or return the value.'
      : 'Export a module in evaluation mode, or return the new value.';
  throw new GraphError(
    `${op}: '${graph.name}' ${what}. Got a function that does something besides computing its outputs; expected ` +
      `one that does not, since a file cannot. ${remedy}`,
    { op, details: { variable: variable?.name, effect: effect?.name } },
  );
}

/** The names the target has for its variables, with a number behind those that are taken. */
function weightNames(target: Exportable, ports: readonly string[]): (tensor: Tensor, index: number) => string {
  const names = variableNames(target);
  const used = new Set(ports);
  return ({ leaf }, index) => {
    const variable = leaf?.kind === 'variable' ? leaf.variable : undefined;
    const wanted = variable === undefined ? `captured_${index}` : (names.get(variable) ?? variable.name);
    let name = wanted;
    for (let count = 1; used.has(name); count++) name = `${wanted}_${count}`;
    used.add(name);
    return name;
  };
}

function checkNames(op: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new ArgumentError(
    `${op}: a name is given twice. Got '${twice}' for two of the inputs and outputs (${names.join(', ')}); expected ` +
      `different names. Rename a key of the specs or of what the function returns.`,
    { op, details: { names } },
  );
}

/** One after the other in a file of their own. */
function layOut(weights: readonly Weight[], location: string): Map<Weight, ExternalData> {
  const layout = new Map<Weight, ExternalData>();
  let offset = 0;
  for (const weight of weights) {
    const { length } = weight.content;
    layout.set(weight, { location, offset, length });
    offset += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  }
  return layout;
}
