/**
 * The first train step in a process of its own: trace, compile, run. What comes before (modules, runtime, weights) does
 * not count. This file is what the process runs: it writes the milliseconds.
 */
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { makeStep, runStep } from './contenders/gai.ts';
import { makeBatches, makeWeights } from './data.ts';
import { timeBlock } from './interleave.ts';
import { models } from './models/index.ts';

const [name, threads, clock] = process.argv.slice(2);
const model = models.find((one) => one.name === name)!;
setDefaultBackend(await nodeBackend({ device: 'cpu', threads: Number(threads) }));
const step = makeStep(model, makeWeights(model, 1));
const [batch] = makeBatches(model, 1, 2);
const time = await timeBlock({ name: 'first', run: () => runStep(step, batch!) }, 1);
console.log(clock === 'cpu' ? time.cpu : time.wall);
