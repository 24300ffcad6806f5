/** Longest wait a server may ask for, in milliseconds; beyond it the failure is reported. */
const LONGEST = 60_000;
const FIRST = 500;
const CAP = 8_000;

/** Statuses after which the same request may succeed. */
export const mayPass = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/**
 * Milliseconds to wait before a request is sent again; undefined if the server asks for longer than a minute.
 *
 * Doubles from half a second to eight, less up to a half by chance, so that many clients do not come back at once. What the server asks for
 * by `retry-after` or `retry-after-ms` comes first.
 */
export function delayBefore(attempt: number, headers: Headers | undefined): number | undefined {
  const asked = askedFor(headers);
  if (asked !== undefined) return asked <= LONGEST ? asked : undefined;
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return Math.min(CAP, FIRST * 2 ** attempt) * (1 - random / 2 ** 33);
}

function askedFor(headers: Headers | undefined): number | undefined {
  const milliseconds = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (milliseconds >= 0) return milliseconds;
  const text = headers?.get('retry-after') ?? '';
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0) return seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - (performance.timeOrigin + performance.now()));
}

/** Waits, or throws the signal's reason. */
export function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
