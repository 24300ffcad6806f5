import { BackendError, DTypeError, GaiError, ShapeError, wrapRuntimeError } from '@gai/core/backend';
import type { SentError } from './protocol.ts';

const CLASSES = { BackendError, DTypeError, ShapeError };

/** Makes an error that can be posted. */
export function sendError(thrown: unknown): SentError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    name: error.name,
    code: GaiError.isInstance(error) ? error.code : 'BACKEND',
    message: error.message,
    details: GaiError.isInstance(error) ? error.details : {},
    cause: error.cause instanceof Error ? error.cause.message : undefined,
  };
}

/** The error as it was thrown in the worker, with the user's line, which only this thread knows. */
export function receiveError(
  sent: SentError,
  op: string,
  describe?: ((onnxNode: string) => string | undefined) | undefined,
): GaiError {
  const cause = sent.cause === undefined ? undefined : new Error(sent.cause);
  if ((op === 'load' || op === 'run') && cause !== undefined && sent.name === 'BackendError') {
    return wrapRuntimeError(cause, op, describe);
  }
  const settings = { op, details: sent.details, cause };
  const known = CLASSES[sent.name as keyof typeof CLASSES] as (typeof CLASSES)[keyof typeof CLASSES] | undefined;
  return known === undefined ? new GaiError(sent.code, sent.message, settings) : new known(sent.message, settings);
}
