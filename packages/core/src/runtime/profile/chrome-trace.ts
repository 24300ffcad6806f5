import { countedRuns } from './kernels.ts';
import type { Kernel } from './kernels.ts';
import type { Recording, WatchedRun } from './recorder.ts';

/** An event as Chromium's trace viewer and Perfetto read it; times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args?: Readonly<Record<string, unknown>> | undefined;
}

/** The rows of the viewer, in order. */
const ROWS = ['calls', 'runs', 'kernels'] as const;
type Row = (typeof ROWS)[number];

/** What is shown. */
export interface Traced {
  readonly calls: readonly WatchedRun[];
  readonly recordings: readonly Recording[];
  readonly kernels: readonly Kernel[];
}

/** Everything that was recorded, on one axis of time that begins with the first call. */
export function traceEvents({ calls, recordings, kernels }: Traced): TraceEvent[] {
  const zero = calls[0]?.start ?? 0;
  const event = (row: Row, name: string, { start, end }: WatchedRun): TraceEvent => ({
    name,
    cat: row,
    ph: 'X',
    pid: 1,
    tid: ROWS.indexOf(row) + 1,
    ts: (start - zero) * 1000,
    dur: (end - start) * 1000,
  });
  return [
    { name: 'process_name', ph: 'M', pid: 1, tid: 0, args: { name: 'gai' } },
    ...ROWS.map((name, at): TraceEvent => ({ name: 'thread_name', ph: 'M', pid: 1, tid: at + 1, args: { name } })),
    ...calls.map((call, at) => event('calls', `call ${at}`, call)),
    ...recordings.flatMap((one) => countedRuns(one).map((run) => event('runs', one.name, run))),
    ...kernels.map(({ at, duration, op, isGradient, ...kernel }): TraceEvent => ({
      ...event('kernels', isGradient ? `∂${op}` : op, { start: at, end: at + duration }),
      args: argsOf(kernel),
    })),
  ];
}

const argsOf = ({
  line,
  node,
  opType,
  shapes,
  bytes,
}: Omit<Kernel, 'at' | 'duration' | 'op' | 'isGradient'>): TraceEvent['args'] => ({
  line: line ?? '(no line)',
  node,
  opType,
  shapes,
  bytes,
});
