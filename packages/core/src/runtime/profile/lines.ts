import type { Kernel } from './kernels.ts';

/** What one op took, of a line or of its gradient; all numbers are those of one call. */
export interface ProfiledOp {
  /** The op's name; of what no op asked for, the ONNX operator's. */
  readonly op: string;
  /** Whether it belongs to the gradient of the line. */
  readonly isGradient: boolean;
  /** Milliseconds. */
  readonly time: number;
  /** Bytes of the results. */
  readonly bytes: number;
  /** Runs of kernels. */
  readonly kernels: number;
}

/** What one line of the user took; all numbers are those of one call. */
export interface ProfiledLine {
  /** Function, file and line; undefined for what no line asked for. */
  readonly line: string | undefined;
  /** Milliseconds in kernels, those of the gradient included. */
  readonly time: number;
  /** Milliseconds in kernels of the gradient. */
  readonly gradientTime: number;
  /** Bytes of the results of kernels. */
  readonly bytes: number;
  /** Runs of kernels. */
  readonly kernels: number;
  /** Op by op, the longest first. */
  readonly ops: readonly ProfiledOp[];
}

/** Adds up kernels by line, the longest first. */
export function byLine(kernels: readonly Kernel[], calls: number): ProfiledLine[] {
  const lines = [...grouped(kernels, ({ line }) => line)].map(([line, own]): ProfiledLine => {
    const ops = [...grouped(own, ({ op, isGradient }) => `${isGradient ? 'd' : ''} ${op}`).values()].map(
      (same): ProfiledOp => ({ op: same[0]!.op, isGradient: same[0]!.isGradient, ...totals(same, calls) }),
    );
    const gradient = totals(
      own.filter(({ isGradient }) => isGradient),
      calls,
    );
    return { line, ...totals(own, calls), gradientTime: gradient.time, ops: ops.sort(longest) };
  });
  return lines.sort(longest);
}

const longest = (a: { readonly time: number }, b: { readonly time: number }): number => b.time - a.time;

function totals(kernels: readonly Kernel[], calls: number): { time: number; bytes: number; kernels: number } {
  let time = 0;
  let bytes = 0;
  for (const { self, ownBytes } of kernels) {
    time += self;
    bytes += ownBytes;
  }
  return { time: time / calls, bytes: bytes / calls, kernels: kernels.length / calls };
}

function grouped<K>(kernels: readonly Kernel[], keyOf: (kernel: Kernel) => K): Map<K, Kernel[]> {
  const groups = new Map<K, Kernel[]>();
  for (const kernel of kernels) {
    const key = keyOf(kernel);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [kernel]);
    else group.push(kernel);
  }
  return groups;
}
