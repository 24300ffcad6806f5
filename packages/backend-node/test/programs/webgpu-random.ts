// Draws the same random numbers on the CPU and on WebGPU; what came of it goes to standard output.
import { BackendError, data, setDefaultBackend } from '@gai/core';
import type { Tensor } from '@gai/core';
import { bernoulli, bits, key, permutation, randint, split, uniform } from '@gai/core/random';
import { nodeBackend } from '../../src/index.ts';
import type { NodeDevice } from '../../src/index.ts';

type Drawn = Readonly<Record<string, readonly unknown[]>>;

/** What WebGPU draws with nothing left to the CPU. */
const DRAWS: Readonly<Record<string, () => Tensor>> = {
  bits: () => bits(key(1), [1001]),
  'bits of a split key': () => bits(split(key(7), 3)[2]!, [7, 3]),
  uniform: () => uniform(key(2), [1000], { min: -3, max: 5 }),
  'uniform of the unit': () => uniform(key(8), [33, 5]),
  bernoulli: () => bernoulli(key(3), 0.3, [1000]),
  randint: () => randint(key(4), [1000], { max: 77 }),
  'randint around zero': () => randint(key(9), [500], { min: -1000, max: 12_345 }),
};

/** It sorts integers, which WebGPU leaves to the CPU. */
const SORTED: typeof DRAWS = { permutation: () => permutation(key(5), 1000) };

async function draw(draws: typeof DRAWS, device: NodeDevice, strict: boolean): Promise<Drawn> {
  await using backend = await nodeBackend({ device, threads: 1, strict });
  setDefaultBackend(backend);
  const drawn: Record<string, readonly unknown[]> = {};
  for (const [name, make] of Object.entries(draws)) drawn[name] = Array.from<unknown>(await data(make()));
  return drawn;
}

const drawOn = async (device: NodeDevice): Promise<Drawn> => ({
  ...(await draw(DRAWS, device, true)),
  ...(await draw(SORTED, device, false)),
});

try {
  console.log(JSON.stringify({ cpu: await drawOn('cpu'), webgpu: await drawOn('webgpu') }));
} catch (error) {
  if (!(error instanceof BackendError) || error.op !== 'nodeBackend') throw error;
  console.log(JSON.stringify({ absent: error.message }));
}
