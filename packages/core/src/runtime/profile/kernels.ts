import type { KernelRun } from '../../backend/backend.ts';
import type { Recording, WatchedRun } from './recorder.ts';

/** A run of a kernel, with what it was written for. */
export interface Kernel extends KernelRun {
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
  /** Milliseconds without those of the kernels in it. */
  readonly self: number;
  /** Bytes of the results; 0 for what other kernels compute. */
  readonly ownBytes: number;
  /** Our op, or that of ONNX where it was written for none. */
  readonly op: string;
  /** The line of the user, without its column. */
  readonly line: string | undefined;
  readonly isGradient: boolean;
}

/** The runs that count. */
export const countedRuns = ({ runs, skipped }: Recording): readonly WatchedRun[] => runs.slice(skipped);

/** The kernels of the runs that count. */
export function kernelsOf({ profile, runs, skipped, sourceOf }: Recording): Kernel[] {
  const counted = profile.kernels.filter(({ run }) => run >= skipped);
  const own = selfTimes(counted);
  return counted.map((kernel, index) => {
    const { end = 0, start = 0 } = runs[kernel.run] ?? {};
    // A run is asked for before it is its turn, and its end is known at once.
    const began = Math.max(start, end - (profile.runs[kernel.run] ?? 0));
    const source = sourceOf(kernel.node) ?? sourceOf(originalOf(kernel.node));
    return {
      ...kernel,
      at: began + kernel.start,
      self: own[index]!,
      ownBytes: containsOthers(kernel) ? 0 : kernel.bytes,
      op: source?.op ?? kernel.opType,
      line: source?.place?.line?.replace(/:\d+(\)?)$/, '$1'),
      isGradient: source?.place?.isGradient ?? false,
    };
  });
}

/** What the runtime made of a node has its name, a stroke and more. */
const originalOf = (node: string): string => node.split('/', 1)[0]!;

/** Whether its results are those of other kernels. */
const containsOthers = ({ opType }: KernelRun): boolean => ['If', 'Loop', 'Scan'].includes(opType);

/** For kernels in the order in which they began, their time without that of the kernels that ran in them. */
function selfTimes(kernels: readonly KernelRun[]): number[] {
  const own = kernels.map(({ duration }) => duration);
  const open: number[] = [];
  kernels.forEach(({ run, start, duration }, index) => {
    const isOver = (at: number): boolean =>
      kernels[at]!.run !== run || kernels[at]!.start + kernels[at]!.duration <= start;
    while (open.length > 0 && isOver(open.at(-1)!)) open.pop();
    const outer = open.at(-1);
    if (outer !== undefined) own[outer] = Math.max(0, own[outer]! - duration);
    if (containsOthers(kernels[index]!)) open.push(index);
  });
  return own;
}
