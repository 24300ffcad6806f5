import { expect, it } from 'vitest';
import { checkSupport } from './support.ts';

const text =
  'Checkpoints are written every 500 steps. They are not deleted by resume. Grace Hopper wrote the loader in 1952. The limit is 1,000 files. ' +
  'It takes three minutes.';

it.each([
  ['A checkpoint is written every 500 steps.', 'supported'],
  ['Checkpoints are written every 200 steps.', 'contradicted'],
  ['They are deleted by resume.', 'contradicted'],
  ['They are never deleted by resume.', 'supported'],
  ['The loader was written by Grace Hopper.', 'supported'],
  ['The loader was written by Alan Turing.', 'unsupported'],
  ['The limit is 1000 files.', 'supported'],
  ['The limit is 2,000 files.', 'contradicted'],
  ['It takes 3 minutes.', 'supported'],
  ['It takes five minutes.', 'contradicted'],
  ['Bananas are yellow.', 'unsupported'],
  ['There are 7 dwarfs.', 'unsupported'],
  ['It is.', 'unsupported'],
] as const)('%s is %s', (claim, verdict) => {
  const { verdict: found, reasons } = checkSupport(claim, text);
  expect([found, reasons.length === 0]).toEqual([verdict, verdict === 'supported']);
});
