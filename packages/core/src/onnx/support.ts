import { DTYPE_NAMES, isFloat } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { BackendError, DTypeError } from '../errors.ts';
import type { GaiError } from '../errors.ts';
import type { Kernels } from '../ir/capabilities.ts';
import type { OnnxAttrs, OnnxTarget } from '../ir/onnx-binding.ts';
import type { Node } from '../ir/tensor.ts';
import { PORTABLE_KERNELS } from './portable-kernels.ts';

/** A node about to be written. */
export interface NodeForm {
  readonly opType: string;
  readonly outputs: number;
  readonly attrs: OnnxAttrs;
}

/** How many extents a window has. */
const windowRank = ({ strides, kernel_shape }: OnnxAttrs): number => {
  const list = strides ?? kernel_shape;
  return Array.isArray(list) ? list.length : 0;
};

/** The name under which the table has a node: its operator, with what else decides whether there is a kernel. */
export function kernelName({ opType, outputs, attrs }: NodeForm, dtype: DType | undefined): string {
  if (opType === 'Cast') return `Cast:${dtype}`;
  if (opType === 'MaxPool' && outputs > 1) return 'MaxPool:indices';
  if (opType === 'Conv' && windowRank(attrs) === 3 && (attrs['group'] ?? 1) !== 1) return 'Conv:3d:grouped';
  if (windowRank(attrs) === 3) return `${opType}:3d`;
  if (opType === 'LayerNormalization' && outputs > 1) return 'LayerNormalization:statistics';
  if (opType === 'ScatterElements' && attrs['reduction'] !== undefined) return 'ScatterElements:reduction';
  if (opType === 'Resize' && attrs['mode'] !== 'nearest') return 'Resize:linear';
  if (opType === 'Mod' && attrs['fmod'] === 1) return 'Mod:fmod';
  return opType;
}

type Table = ReadonlyMap<string, ReadonlySet<string>>;

const tables = new WeakMap<Kernels, Table>();

function tableOf(kernels: Kernels): Table {
  const known = tables.get(kernels);
  if (known !== undefined) return known;
  const table = new Map<string, ReadonlySet<string>>();
  for (const [dtypes, operators] of Object.entries(kernels)) {
    const set = new Set(dtypes.split(' '));
    for (const operator of operators.split(' ')) table.set(operator, set);
  }
  tables.set(kernels, table);
  return table;
}

/** Whether an operator is computed in a dtype, as far as was measured. */
export const isMeasured = (kernels: Kernels, kernel: string, dtype: DType): boolean =>
  tableOf(kernels).get(kernel)?.has(dtype) ?? false;

/** Whether an operator is computed in a dtype. What the table does not have was not measured, and is tried. */
export function hasKernel(kernels: Kernels, kernel: string, dtype: DType): boolean {
  return tableOf(kernels).get(kernel)?.has(dtype) ?? true;
}

/**
 * Whether a provider takes a node that it cannot run: it chooses nodes by operator and dtype, and only then looks at what
 * else decides. Such a node never reaches the fallback.
 */
export function claimsInVain(kernels: Kernels, kernel: string, dtype: DType): boolean {
  const [opType] = kernel.split(':') as [string];
  const form = opType !== kernel && opType !== 'Cast';
  return form && !hasKernel(kernels, kernel, dtype) && hasKernel(kernels, opType, dtype);
}

/** The dtypes in which an operator is computed. */
export function kernelDTypes(kernels: Kernels, kernel: string): DType[] {
  const known = tableOf(kernels).get(kernel);
  return DTYPE_NAMES.filter((dtype) => known?.has(dtype));
}

/** The whole table: operators, with what else decides, and their dtypes. */
export function kernelTable(kernels: Kernels): Record<string, DType[]> {
  return Object.fromEntries([...tableOf(kernels).keys()].map((kernel) => [kernel, kernelDTypes(kernels, kernel)]));
}

/** Operators whose result in 32-bit integers has the right lower bits whatever the sign. */
const BITWISE = new Set(
  (
    'Identity Reshape Transpose Expand Unsqueeze Squeeze Concat Split Slice Pad Tile Where Gather GatherElements ' +
    'ScatterElements ScatterElements:reduction Trilu Resize Add Sub Mul Neg MatMul Gemm Einsum ReduceSum ReduceProd ' +
    'ReduceSumSquare CumSum Equal'
  ).split(' '),
);

/** Operators that depend on the order of numbers: exact in any dtype that holds all of them. */
const ORDERED = new Set(
  (
    'Abs Sign Div Mod Pow Max Min Clip Less LessOrEqual Greater GreaterOrEqual ReduceMax ReduceMin ArgMax ArgMin TopK ' +
    'Relu MaxPool MaxPool:3d MaxPool:indices'
  ).split(' '),
);

/** Dtypes through which the result of an operator in `dtype` comes out the same. */
function detours(kernel: string, dtype: DType): readonly DType[] {
  if (dtype === 'float16') return ['float32'];
  const bitwise = BITWISE.has(kernel);
  if (!bitwise && !ORDERED.has(kernel)) return [];
  if (dtype === 'uint32') return bitwise ? ['int32', 'int64'] : ['int64'];
  if (dtype === 'bool') return ['uint8', 'int32', 'float32'];
  return dtype === 'uint8' || dtype === 'int8' ? ['int32', 'float32'] : [];
}

/** The dtype to compute a node in where the provider lacks its own: cast there and back. */
export function detour(kernels: Kernels, kernel: string, dtype: DType): DType | undefined {
  return detours(kernel, dtype).find(
    (via) =>
      hasKernel(kernels, kernel, via) &&
      hasKernel(kernels, `Cast:${dtype}`, via) &&
      hasKernel(kernels, `Cast:${via}`, dtype),
  );
}

/** Whether no output of a node has an element, as far as the graph tells. */
export const hasNoElements = ({ outputs }: Node): boolean => outputs.every(({ shape }) => shape.includes(0));

/** What cannot run, for the message. */
export interface Unsupported {
  /** The op of ours. */
  readonly op: string;
  readonly target: OnnxTarget;
  readonly kernel: string;
  readonly dtype: DType;
  /** The line of the user's code, where known. */
  readonly line: string | undefined;
}

/** The refusal of a node that the provider has no kernel for and that has no other form. */
export function unsupported({ op, target, kernel, dtype, line }: Unsupported): GaiError {
  const { provider, capabilities } = target;
  const { kernels, lacks } = capabilities;
  const [opType] = kernel.split(':') as [string];
  const others = kernelDTypes(kernels, kernel).filter(
    (other) => !lacks.includes(other) && (isFloat(other) || !isFloat(dtype)),
  );
  const where = line === undefined ? '' : `, made at ${line}`;
  const elsewhere = kernels !== PORTABLE_KERNELS && hasKernel(PORTABLE_KERNELS, kernel, dtype);
  const remedies = [
    ...(dtype === 'bfloat16' ? ['cast what comes from a file to float32 before it is computed with'] : []),
    ...(others.length > 0
      ? [`cast it to ${others.find((other) => other === (isFloat(dtype) ? 'float32' : 'int32')) ?? others[0]}`]
      : []),
    ...(elsewhere ? ["use the device 'cpu' (or wasm)"] : []),
  ];
  const message =
    `${op}: not supported on ${provider} for ${dtype}. Got ONNX operator ${opType} of ${dtype}${where}; expected ` +
    `${others.length > 0 ? `one of ${others.join(', ')}` : 'an operator this provider has'}. ` +
    `${remedies.length > 0 ? `${capitalized(remedies.join(', or '))}.` : 'Compute it another way.'}`;
  const details = { op, provider, dtype, operator: kernel, supported: others, line };
  return others.length > 0 ? new DTypeError(message, { op, details }) : new BackendError(message, { op, details });
}

/** The refusal of what needs an operator set that the target does not take. */
export function opsetRefusal(what: {
  readonly op: string;
  readonly target: OnnxTarget;
  readonly opset: number;
  readonly line: string | undefined;
}): BackendError {
  const { op, target, opset, line } = what;
  const { provider, capabilities } = target;
  const where = line === undefined ? '' : `, made at ${line}`;
  return new BackendError(
    `${op}: needs ONNX operator set ${opset}. Got ${provider}, which takes at most ${capabilities.opset}${where}; ` +
      `expected one that takes ${opset}. Use another backend, or compute it another way.`,
    { op, details: { op, provider, operator: op, opset, most: capabilities.opset, line } },
  );
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
