// Measures what runs on a device: the kernels of its provider, and every op in every dtype. Prints JSON.
import { setDefaultBackend } from '@gai/core';
import { allSamples, measureKernels, measureOps } from '@gai/core/testing';
import { webBackend } from '../../src/index.ts';
import type { WebDevice } from '../../src/index.ts';

const backend = await webBackend({ device: process.argv[2] as WebDevice, strict: true });
setDefaultBackend(backend);
console.log(JSON.stringify({ kernels: await measureKernels(backend), ops: await measureOps(allSamples) }));
