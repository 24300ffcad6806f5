import type { Backend } from '@gai/core/backend';

const known = new WeakMap<Backend, Promise<boolean>>();

/** Whether a backend computes in JavaScript's memory: what it is given is what is read again. */
export function sharesMemory(backend: Backend): Promise<boolean> {
  const found = known.get(backend) ?? probe(backend);
  known.set(backend, found);
  return found;
}

async function probe(backend: Backend): Promise<boolean> {
  const given = Float32Array.of(1);
  const buffer = backend.upload({ dtype: 'float32', shape: [1], data: given });
  const read = await buffer.read();
  buffer.dispose();
  return read === given;
}
