// Measures what runs on a device: the kernels of its provider, and every op in every dtype. Prints JSON.
import { setDefaultBackend } from '@gai/core';
import { allSamples, measureKernels, measureOps } from '@gai/core/testing';
import { nodeBackend } from '../../src/index.ts';
import type { NodeDevice } from '../../src/index.ts';

const backend = await nodeBackend({ device: process.argv[2] as NodeDevice, strict: true });
setDefaultBackend(backend);
console.log(JSON.stringify({ kernels: await measureKernels(backend), ops: await measureOps(allSamples) }));
