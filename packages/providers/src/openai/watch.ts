/** A signal that is aborted by the caller's, or when nothing has happened for some time. */
export interface Watch {
  readonly signal: AbortSignal;
  /** Whether the time ran out. */
  readonly silent: boolean;
  /** Something came: the time begins anew. */
  touch(): void;
  /** Stops watching. */
  end(): void;
}

/** The longest time a timer takes; beyond it one rings at once. */
const LONGEST = 2 ** 31 - 1;

/** Watches over a request. */
export function watch(timeout: number, outer: AbortSignal | undefined): Watch {
  const controller = new AbortController();
  const abort = (): void => controller.abort(outer?.reason);
  let silent = false;
  const start = (): ReturnType<typeof setTimeout> =>
    setTimeout(
      () => {
        silent = true;
        controller.abort();
      },
      Math.min(timeout, LONGEST),
    );
  let timer = start();
  outer?.addEventListener('abort', abort, { once: true });
  if (outer?.aborted === true) abort();
  return {
    signal: controller.signal,
    get silent() {
      return silent;
    },
    touch() {
      clearTimeout(timer);
      timer = start();
    },
    end() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}
