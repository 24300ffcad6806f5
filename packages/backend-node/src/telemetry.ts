import { isMainThread } from 'node:worker_threads';
import { ArgumentError, BackendError } from '@gai/core/backend';

/** The only switch of onnxruntime-node's reporter; it is looked at when the runtime starts, in the process's own environment. */
const SWITCH = 'ORT_DISABLE_TELEMETRY';

/** What the first call of this thread found; the runtime starts once in a process. */
let decided: boolean | undefined;

/**
 * Turns off what onnxruntime-node 1.30 reports to its makers (a device id, names of graphs and files), before it starts.
 *
 * Whoever owns the environment has the last word: 1 there is off for good, anything else is as good as
 * `allow: true` where the program says nothing.
 * @param allow - What the caller asked for; undefined goes with the environment or the first call, else it is off.
 * @returns Whether reports may be sent.
 * @throws ArgumentError if an earlier call decided otherwise; BackendError where reports cannot be turned off: in a
 * thread that the program itself started.
 */
export function settleTelemetry(allow?: boolean): boolean {
  if (decided !== undefined) {
    if (allow !== undefined && allow !== decided) throw disagreement(allow);
    return decided;
  }
  const found = process.env[SWITCH];
  if (found === '1') return false;
  const wanted = allow ?? found !== undefined;
  if (!wanted) {
    // The environment that a worker sees is a copy, which the runtime never looks at.
    if (!isMainThread) throw unreachable();
    process.env[SWITCH] = '1';
  }
  decided = wanted;
  return wanted;
}

function disagreement(allow: boolean): ArgumentError {
  return new ArgumentError(
    `nodeBackend: telemetry is decided once in a process. Got telemetry: ${allow}; expected ${!allow}, as the first ` +
      'backend had it. Give every backend the same setting, or the first one yours.',
    { op: 'nodeBackend', details: { telemetry: allow } },
  );
}

function unreachable(): BackendError {
  return new BackendError(
    "nodeBackend: the runtime's telemetry cannot be turned off from this thread. Got a worker thread in a process " +
      `without ${SWITCH}; expected it to be 1 before the thread starts. Set it in the environment, or in the main ` +
      'thread before you make the worker; or pass telemetry: true to allow the reports.',
    { op: 'nodeBackend', details: { variable: SWITCH } },
  );
}
