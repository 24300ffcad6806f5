import type { Contender } from './contender.ts';
import { jaxJs, jaxJsPatches } from './jax-js.ts';

/** Whom we are measured beside, in the order of the table. */
export const peers: readonly Contender[] = [jaxJs, jaxJsPatches];
