import { GaiError } from '@gai/core';
import { ProviderError } from '@gai/providers';

/** What was thrown, as a {@link TextGenerator} throws it; the reason of an abort as it is. */
export function asProviderError(op: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (ProviderError.isInstance(error) || !GaiError.isInstance(error)) return error;
  if (signal?.aborted === true && error === signal.reason) return error;
  const { message, details, code } = error;
  const kind = CODES[code];
  return kind === undefined ? error : new ProviderError(kind, message, { op, details, cause: error });
}

/** A wrong argument, a conversation the template does not take, and what the files of a model ask for in vain. */
const CODES: Readonly<Record<string, 'ARGUMENT' | 'UNSUPPORTED'>> = {
  ARGUMENT: 'ARGUMENT',
  SHAPE: 'ARGUMENT',
  DATA: 'UNSUPPORTED',
};
