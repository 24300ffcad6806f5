import { BackendError } from '../errors.ts';
import type { KernelRun, SessionProfile } from './backend.ts';

/** Sizes under the name of their element type. */
type TypedShape = Readonly<Record<string, readonly number[]>>;

/** What ONNX Runtime writes of a kernel, or of a run; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args: {
    readonly op_name?: string;
    readonly output_size?: string;
    readonly input_type_shape?: readonly TypedShape[];
    readonly output_type_shape?: readonly TypedShape[];
  };
}

const KERNEL = '_kernel_time';
const RUN = 'model_run';

/**
 * What a trace of ONNX Runtime says of runs and kernels.
 * @param text - JSON, as every build of the runtime writes it.
 * @throws {@link BackendError} if it is none.
 */
export function readRuntimeTrace(text: string): SessionProfile {
  const events = parse(text);
  const runs = events.filter(({ name }) => name === RUN).sort(byTime);
  const kernels: KernelRun[] = [];
  let run = 0;
  for (const event of events.filter(({ name }) => name.endsWith(KERNEL)).sort(byTime)) {
    while (run + 1 < runs.length && runs[run + 1]!.ts <= event.ts) run += 1;
    kernels.push(kernelOf(event, run, runs[run]?.ts ?? 0));
  }
  return { runs: runs.map(({ dur }) => dur / 1000), kernels };
}

const byTime = (a: TraceEvent, b: TraceEvent): number => a.ts - b.ts || b.dur - a.dur;

function kernelOf({ name, ts, dur, args }: TraceEvent, run: number, began: number): KernelRun {
  const { op_name: opType = '', output_size: bytes = '0', input_type_shape: from, output_type_shape: to } = args;
  return {
    node: name.slice(0, -KERNEL.length),
    opType,
    run,
    start: (ts - began) / 1000,
    duration: dur / 1000,
    bytes: Number(bytes),
    shapes: `${formatShapes(from)} → ${formatShapes(to)}`,
  };
}

function formatShapes(types: readonly TypedShape[] = []): string {
  const entries = types.flatMap((type) => Object.entries(type));
  return entries.map(([dtype, shape]) => `${dtype === 'float' ? '' : dtype}[${shape.join(',')}]`).join(' ');
}

function parse(text: string): TraceEvent[] {
  try {
    return JSON.parse(text) as TraceEvent[];
  } catch (cause) {
    const got = text === '' ? 'nothing' : `${text.length} characters that are no JSON`;
    throw new BackendError(
      `profile: the runtime's trace cannot be read. Got ${got}; expected a list of events. Report it with the graph.`,
      { op: 'profile', cause },
    );
  }
}
