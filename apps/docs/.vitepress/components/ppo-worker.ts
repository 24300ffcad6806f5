import { openBackend } from '../kit/open-backend.ts';
import { serveCalls } from '../kit/worker-calls.ts';
import type { Port } from '../kit/worker-calls.ts';
import { ppoFunctions } from './ppo-functions.ts';

/** PPO in a worker of the page: the pole stands smoothly while it learns. */
serveCalls(globalThis as unknown as Port, ppoFunctions(openBackend));
