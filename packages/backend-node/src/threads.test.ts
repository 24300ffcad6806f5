import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { countCores, physicalCores } from './threads.ts';

const processor = (socket: number, core: number): string =>
  `processor\t: 0\nphysical id\t: ${socket}\nsiblings\t: 4\ncore id\t\t: ${core}\n`;

it('counts the second thread of a core once, and the cores of each socket', () => {
  expect(countCores([processor(0, 0), processor(0, 1), processor(0, 0), processor(0, 1)].join('\n'))).toBe(2);
  expect(countCores([processor(0, 0), processor(1, 0)].join('\n'))).toBe(2);
  expect(countCores('processor\t: 0\nBogoMIPS\t: 50.00\n')).toBe(0);
});

it('never takes more than the process may use', () => {
  expect(physicalCores()).toBeGreaterThanOrEqual(1);
  expect(physicalCores()).toBeLessThanOrEqual(availableParallelism());
});
