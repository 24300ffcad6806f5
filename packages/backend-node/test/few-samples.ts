import { allSamples } from '@gai/core/testing';

/** Whether the long tests run: `pnpm test:full`. */
export const full = process.env['GAI_FULL'] === '1';

/** Whose first samples alone WebGPU leaves to the CPU: the runtime moves small nodes there, with all samples it does not. */
const WHOLE = new Set(['cholesky']);

/** Of every op its first samples, at most so many; all of them in a full run. */
export const samplesOfEach = (most: number): typeof allSamples =>
  full
    ? allSamples
    : allSamples.map((family) =>
        Object.fromEntries(
          Object.entries(family).map(([name, samples]) => [name, WHOLE.has(name) ? samples : samples.slice(0, most)]),
        ),
      );
