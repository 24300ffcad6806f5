import { GaiError } from '@gai/core/errors';

/** A signal that the first Ctrl-C (or a request to terminate) sets off; the second one ends the process at once. */
export function interruptSignal(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nStopping after this step; press Ctrl-C again to stop at once.\n');
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

/** What a command throws that was stopped, with exit code 130. */
export const interrupted = (op: string, when: string): GaiError =>
  new GaiError('ABORTED', `${op}: interrupted ${when}.`, { op });
