import { BackendError } from '@gai/core/backend';
import type { DeviceBuffer } from '@gai/core/backend';

/** A use of a tensor that was on a GPU when it was lost. */
export function lostBuffer({ dtype, shape }: DeviceBuffer, op: string, reason: string): BackendError {
  return new BackendError(
    `${op}: the tensor went with the GPU. Got a ${dtype} tensor of shape [${shape.join(', ')}] of a device that was ` +
      `lost (${reason}); expected one of the device in use. Load the last checkpoint and go on from there.`,
    { op, details: { dtype, shape, reason } },
  );
}

/** Work after the GPU was lost and could not be had again. */
export function lostDevice(op: string, reason: string): BackendError {
  return new BackendError(
    `${op}: the GPU is gone. Got '${reason}' after a device had been replaced already; expected a GPU that stays. ` +
      "Make a new webBackend(), with device 'wasm' if this goes on.",
    { op, details: { reason } },
  );
}
