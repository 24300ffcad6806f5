/** What the test builds and serves with Vite. */
import { grad, setDefaultBackend, square, sum, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { webBackend } from '@gai/backend-web';

const warnings: string[] = [];
const backend = await webBackend({ device: 'wasm', onWarning: (message) => warnings.push(message) });
setDefaultBackend(backend);
const slope = await toArray(grad((x: Tensor) => sum(square(x)))(tensor([1, 2, 3])));
Object.assign(globalThis, { result: { slope, threads: backend.threads, warnings } });
