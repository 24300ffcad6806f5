import { depthwise } from './depthwise.ts';
import { gpt } from './gpt.ts';
import { lenet } from './lenet.ts';
import { mlp } from './mlp.ts';
import type { BenchModel } from './model.ts';
import { resnet20 } from './resnet20.ts';

/** What is trained, in the order of the table. */
export const models: readonly BenchModel[] = [mlp, gpt, lenet, resnet20, depthwise];
