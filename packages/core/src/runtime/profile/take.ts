import { checkArgument, checkOptionNames } from '../../argument.ts';
import { GraphError } from '../../errors.ts';
import { currentScope } from '../../ir/scope.ts';
import { isTensor } from '../../ir/tensor.ts';
import { withLines } from '../../trace/debug.ts';
import { flattenReturned } from '../../tree.ts';
import { getDefaultBackend } from '../default.ts';
import { evaluate } from '../read.ts';
import { watch, watcherOf } from '../watcher.ts';
import { kernelsOf } from './kernels.ts';
import { Profile, checkCount } from './profile.ts';
import { Recorder } from './recorder.ts';
import type { WatchedRun } from './recorder.ts';

/**
 * How a function is measured.
 * @category Debugging
 */
export interface ProfileOptions {
  /** Calls before those that count: what is compiled, and memory that is got, is not measured. Default 1. */
  readonly warmup?: number | undefined;
  /** Calls that count; all numbers are their mean. Default 3. */
  readonly active?: number | undefined;
}

/**
 * Measures a function: the time and the bytes of each kernel, added up by the line of your code that asked for it. What
 * the gradient of a line takes counts for that line, and is shown apart.
 *
 * Use it to see what to make faster; use `performance.now()` to see how fast it is, since being watched costs time. The
 * function is called `warmup + active` times, and does what it does as often: a train step trains. Everything that the
 * default backend runs meanwhile is measured, un-jitted or compiled. On a GPU the times are those of the host,
 * which hands kernels out and does not wait for them.
 *
 * @param fn - What to measure; what it returns is awaited, and tensors in it are computed.
 * @param options.warmup - Calls that do not count. Default 1.
 * @param options.active - Calls that count. Default 3.
 * @returns The lines; `console.log` shows them as a table, and `exportChromeTrace` writes a file for Perfetto.
 * @throws {@link BackendError} if the backend tells no times, a run fails, or there is more than the runtime records; {@link GraphError}
 *   inside another profile.
 * @example
 * const weights = tensor([[1, 2], [3, 4]]);
 * const report = await profile(() => matmul(weights, weights));
 * report.lines[0]!.ops[0]!.op; // => 'matmul'
 * report.lines[0]!.bytes; // => 16
 * report.table().includes('ms of that in kernels'); // => true
 * @category Debugging
 * @since 0.1.0
 */
export async function profile(fn: () => unknown, options: ProfileOptions = {}): Promise<Profile> {
  checkOptionNames('profile', options, ['warmup', 'active']);
  checkArgument(typeof fn === 'function', fn, { op: 'profile', name: 'fn', rule: 'a function without arguments' });
  const { warmup = 1, active = 3 } = options;
  checkCount('profile', 'warmup', warmup, 0);
  checkCount('profile', 'active', active, 1);
  const backend = getDefaultBackend();
  if (currentScope() !== null || watcherOf(backend) !== undefined) throw nested();
  const recorder = new Recorder(backend);
  watch(backend, recorder);
  try {
    const calls = await withLines(() => measure(fn, recorder, { warmup, active }));
    const recordings = await recorder.end();
    const { provider, storage } = backend;
    return new Profile({ calls, recordings, kernels: recordings.flatMap(kernelsOf) }, { provider, storage });
  } finally {
    watch(backend, undefined);
    await recorder.release();
  }
}

async function measure(
  fn: () => unknown,
  recorder: Recorder,
  { warmup, active }: { readonly warmup: number; readonly active: number },
): Promise<WatchedRun[]> {
  for (let call = 0; call < warmup; call++) await finish(await fn());
  await recorder.begin();
  const calls: WatchedRun[] = [];
  for (let call = 0; call < active; call++) {
    const start = performance.now();
    await finish(await fn());
    calls.push({ start, end: performance.now() });
  }
  return calls;
}

/** Computes what a call returned and did not read. */
const finish = (result: unknown): Promise<void> => evaluate(...flattenReturned(result).leaves.filter(isTensor));

function nested(): GraphError {
  return new GraphError(
    'profile: it cannot be taken here. Got a call inside a traced function, or while another profile is taken; expected ' +
      'one at a time, outside. Await the first.',
    { op: 'profile' },
  );
}
