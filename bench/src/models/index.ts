import { lenet } from './lenet.ts';
import { mlp } from './mlp.ts';
import type { BenchModel } from './model.ts';

/** What is trained, in the order of the table. */
export const models: readonly BenchModel[] = [mlp, lenet];
