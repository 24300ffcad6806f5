import type { Backend, DeviceBuffer, HostTensor, Session } from '@gai/core/backend';

/** Bytes that went to the device as inputs of runs, and that were read from it. */
export interface Moved {
  up: number;
  down: number;
}

/** Counts what runs of a backend move between the host and its device. */
export function watch(backend: Backend): Moved {
  const moved = { up: 0, down: 0 };
  const load = backend.load.bind(backend);
  const counted = (buffer: DeviceBuffer): DeviceBuffer => {
    const read = buffer.read.bind(buffer);
    buffer.read = async () => {
      const data = await read();
      moved.down += data.byteLength;
      return data;
    };
    return buffer;
  };
  const upload = backend.upload.bind(backend);
  backend.upload = (tensor) => {
    moved.up += tensor.data.byteLength;
    return counted(upload(tensor));
  };
  backend.load = async (model, options): Promise<Session> => {
    const session = await load(model, options);
    const run: Session['run'] = async (inputs, settings) => {
      for (const input of inputs) if ('data' in input) moved.up += (input as HostTensor).data.byteLength;
      return (await session.run(inputs, settings)).map(counted);
    };
    return { run, release: () => session.release() };
  };
  return moved;
}
