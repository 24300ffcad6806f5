/**
 * Teaches: the masks of this package as pictures: who may attend to whom. A row is a place, a column the word that it looks at.
 * Expected: five squares of marks. Takes a second.
 *
 * pnpm example transformer/masks [--write]
 */
import { writeFileSync } from 'node:fs';
import { nodeBackend } from '@gai/backend-node';
import { full, logicalAnd, reshape, setDefaultBackend, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { causalMask, paddingMask, prefixMask, slidingWindowMask } from '../src/index.ts';

setDefaultBackend(await nodeBackend());

const size = 6;
const everything = full([size, size], 1, 'bool');
const masks: Readonly<Record<string, Tensor>> = {
  'no mask': everything,
  causalMask: causalMask(size),
  'paddingMask, two at the end': logicalAnd(everything, paddingMask(tensor([[1, 1, 1, 1, 0, 0]], { dtype: 'int32' }))),
  'prefixMask of 3': prefixMask(tensor([3], { dtype: 'int32' }), size),
  'slidingWindowMask of 3': slidingWindowMask(size, 3),
};

const grids: Record<string, string[]> = {};
for (const [name, mask] of Object.entries(masks)) {
  const rows = (await toArray(reshape(mask, [size, size]))) as boolean[][];
  grids[name] = rows.map((row) => row.map((isSeen) => (isSeen ? '■' : '·')).join(''));
  console.log(`${name}\n${grids[name].map((row) => `  ${[...row].join(' ')}`).join('\n')}\n`);
}
if (process.argv.includes('--write')) {
  const record = { command: 'pnpm example transformer/masks --write', grids };
  writeFileSync(new URL('masks.results.json', import.meta.url), `${JSON.stringify(record, null, 1)}\n`);
}
