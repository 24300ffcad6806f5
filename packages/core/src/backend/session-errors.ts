import { BackendError } from '../errors.ts';
import type { DeviceBuffer } from './backend.ts';

/**
 * A call after the backend was disposed.
 * @param maker - The function that makes such backends.
 * @category Backends
 */
export function disposedBackend(op: string, maker: string): BackendError {
  return new BackendError(
    `${op}: the backend was disposed. Got a call after dispose(); expected it before. Make a new one and set it: ` +
      `setDefaultBackend(await ${maker}()). Tensors that the old one computed are gone.`,
    { op },
  );
}

/**
 * A run after the session was released.
 * @category Backends
 */
export function releasedError(): BackendError {
  return new BackendError(
    'run: the session was released. Got a run after release(); expected it before. Load the model again.',
    { op: 'run' },
  );
}

/**
 * A use of a buffer after it was disposed.
 * @category Backends
 */
export function disposedBuffer({ dtype, shape }: DeviceBuffer, op: string): BackendError {
  return new BackendError(
    `${op}: the buffer was disposed. Got a released ${dtype} buffer of shape [${shape.join(', ')}]; ` +
      'expected a live one. Dispose a tensor after its last use.',
    { op, details: { dtype, shape } },
  );
}

/**
 * A buffer in a run of another backend.
 * @category Backends
 */
export function foreignBuffer(input: DeviceBuffer): BackendError {
  return new BackendError(
    `run: the buffer belongs to another backend. Got one of '${input.backend.name}' (${input.backend.device}); ` +
      'expected one of the backend that runs the graph. Read it and upload it there.',
    { op: 'run', details: { backend: input.backend.name, device: input.backend.device } },
  );
}

/**
 * A model whose names are not those the caller gave.
 * @category Backends
 */
export function namesError(what: 'inputs' | 'outputs', has: readonly string[], asked: readonly string[]): BackendError {
  return new BackendError(
    `load: the ${what} asked for are not those of the graph. Got ${asked.join(', ') || 'none'}; expected ` +
      `${has.join(', ') || 'none'}. Name them as the model does.`,
    { op: 'load', details: { [what]: asked, graph: has } },
  );
}
