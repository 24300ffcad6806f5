import { BackendError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';

/** The refusal of a tensor whose memory was released, by the name it has: that of a variable. */
export function disposedTensor(op: string, { leaf, dtype, shape }: Tensor): BackendError {
  const name = leaf?.kind === 'variable' ? leaf.variable.name : undefined;
  return new BackendError(
    `${op}: ${name === undefined ? 'a tensor' : `'${name}'`} was disposed. Got ${dtype} ${formatShape(shape)} whose memory is ` +
      `released; expected one that is still held. Dispose it, and the backend that computed it, after its last use.`,
    { op, details: { name } },
  );
}

/** The refusal of a call of a compiled program after it was disposed. */
export function disposedProgram(op: string, name: string): BackendError {
  return new BackendError(
    `${op}: the program compiled from '${name}' was disposed. Got a call after dispose(); expected it before. Compile ` +
      `'${name}' again.`,
    { op, details: { name } },
  );
}
