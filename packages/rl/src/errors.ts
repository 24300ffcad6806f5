import { ArgumentError, StateError } from '@gai/core/errors';

/** An argument outside what `op` takes. */
export function argumentError(
  op: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): ArgumentError {
  return new ArgumentError(`${op}: ${message}`, { op, details });
}

/** A call at a moment when it makes no sense, such as `step` before `reset`. */
export function stateError(op: string, message: string): StateError {
  return new StateError(`${op}: ${message}`, { op });
}

/** Shows a value in an error message: short, on one line. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (ArrayBuffer.isView(value) && 'length' in value) {
    return `${value.constructor.name} [${shorten([...(value as unknown as Iterable<unknown>)])}]`;
  }
  if (Array.isArray(value)) return `[${shorten(value)}]`;
  if (typeof value === 'object' && value !== null)
    return `an object with keys ${Object.keys(value).join(', ') || 'none'}`;
  return String(value);
}

function shorten(values: readonly unknown[]): string {
  const head = values.slice(0, 8).map((value) => (typeof value === 'object' && value !== null ? '…' : String(value)));
  return values.length > 8 ? `${head.join(', ')}, … (${values.length} in all)` : head.join(', ');
}
