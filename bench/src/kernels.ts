/** What the runtime's trace says about one run of a kernel. */
export interface KernelEvent {
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args: {
    readonly op_name: string;
    readonly input_type_shape: readonly TypedShape[];
    readonly output_type_shape: readonly TypedShape[];
  };
}

/** A shape under the name of its element type. */
type TypedShape = Readonly<Record<string, readonly number[]>>;

/** Time of a kernel in one step. */
export interface KernelTime {
  readonly name: string;
  readonly op: string;
  readonly shapes: string;
  /** Runs in a step: more than one in a loop. */
  readonly count: number;
  readonly ms: number;
  /** Floating-point operations in a step; 0 for all but matrix products and convolutions. */
  readonly flops: number;
}

const SUFFIX = '_kernel_time';

/** The kernels of a trace; it also has events of the session. */
export const kernelsOf = (trace: readonly KernelEvent[]): KernelEvent[] =>
  trace.filter(({ name }) => name.endsWith(SUFFIX));

/**
 * Adds up events by kernel, the longest first.
 * @param steps - In the trace.
 * @param warmUp - As many steps at the beginning count nothing.
 */
export function kernelTimes(events: readonly KernelEvent[], steps: number, warmUp: number): KernelTime[] {
  const runs = new Map<string, KernelEvent[]>();
  for (const event of events) {
    const own = runs.get(event.name);
    if (own === undefined) runs.set(event.name, [event]);
    else own.push(event);
  }
  const times = [...runs.values()].map((own) => timeOf(own.slice((own.length * warmUp) / steps), steps - warmUp));
  return times.toSorted((a, b) => b.ms - a.ms);
}

function timeOf(runs: readonly KernelEvent[], steps: number): KernelTime {
  const { name, args } = runs[0]!;
  const count = runs.length / steps;
  return {
    name: name.slice(0, -SUFFIX.length),
    op: args.op_name,
    shapes: `${formatShapes(args.input_type_shape)} → ${formatShapes(args.output_type_shape)}`,
    count,
    ms: runs.reduce((sum, { dur }) => sum + dur, 0) / steps / 1000,
    flops: count * flopsOf(args),
  };
}

/** Whether a kernel runs other kernels, which are in the trace too: its time contains theirs. */
export const containsOthers = ({ op }: Pick<KernelTime, 'op'>): boolean => ['If', 'Loop', 'Scan'].includes(op);

/** Milliseconds of a step in kernels. */
export const totalMs = (kernels: readonly KernelTime[]): number =>
  kernels.reduce((sum, kernel) => sum + (containsOthers(kernel) ? 0 : kernel.ms), 0);

/** Times of all kernels of an op type, the longest first. */
export function opTimes(kernels: readonly KernelTime[]): Omit<KernelTime, 'shapes' | 'name'>[] {
  const byOp = new Map<string, Omit<KernelTime, 'shapes' | 'name'>>();
  for (const { op, count, ms, flops } of kernels) {
    const sum = byOp.get(op) ?? { count: 0, ms: 0, flops: 0 };
    byOp.set(op, { op, count: sum.count + count, ms: sum.ms + ms, flops: sum.flops + flops });
  }
  return [...byOp.values()].toSorted((a, b) => b.ms - a.ms);
}

function formatShapes(types: readonly TypedShape[]): string {
  const entries = types.flatMap((type) => Object.entries(type));
  return entries.map(([dtype, shape]) => `${dtype === 'float' ? '' : dtype}[${shape.join(',')}]`).join(' ');
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function flopsOf({ op_name: op, input_type_shape: inputs, output_type_shape: outputs }: KernelEvent['args']): number {
  const [a, b] = inputs.flatMap((type) => Object.values(type)) as (readonly number[])[];
  const out = Object.values(outputs[0] ?? {})[0];
  if (a === undefined || b === undefined || out === undefined) return 0;
  if (op.endsWith('Conv')) return 2 * sizeOf(out) * sizeOf(b.slice(1));
  if (op === 'ConvTranspose') return 2 * sizeOf(a) * sizeOf(b.slice(1));
  if (!/Gemm|MatMul/.test(op)) return 0;
  // [n, m, k] · [n, k, l] = [n, m, l]: the product of the first two sizes is n·k² times the third.
  const batch = b.length > 2 ? sizeOf(b.slice(0, -2)) : 1;
  return 2 * sizeOf(out) * Math.sqrt((sizeOf(a) * sizeOf(b)) / sizeOf(out) / batch);
}
