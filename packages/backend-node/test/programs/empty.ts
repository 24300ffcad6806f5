// Makes axes of the samples 0 and runs them, in a process of its own: a kernel that cannot do it may end the process.
// Arguments: how many cases of each op (spread over its samples), the first batch, and 'alone' for one case after
// another in that batch, from the case given after it. Prints one line of JSON per batch begun and per problem.
import { setDefaultBackend } from '@gai/core';
import { allSamples, checkEmpty, emptyCases } from '@gai/core/testing';
import type { EmptyCase } from '@gai/core/testing';
import { nodeBackend } from '../../src/index.ts';

/** Cases that share a session. */
const BATCH = 12;
/** Loops until a sum is large, which it never is of nothing. */
const ENDLESS = 'while';

const [most, first, from] = process.argv.slice(2).map(Number) as [number, number, number];

/** Of a list, at most so many, evenly spread. */
function spread<T>(list: readonly T[], count: number): T[] {
  const step = Math.max(1, list.length / count);
  return Array.from({ length: Math.min(count, list.length) }, (_, index) => list[Math.floor(index * step)]!);
}

function batches(): EmptyCase[][] {
  const found: EmptyCase[][] = [];
  const chosen = allSamples.flatMap((family) =>
    Object.entries(family).flatMap(([op, samples]) =>
      op === ENDLESS
        ? []
        : spread(
            samples.flatMap((sample) => emptyCases(op, sample)),
            most,
          ),
    ),
  );
  for (let start = 0; start < chosen.length; start += BATCH) found.push(chosen.slice(start, start + BATCH));
  return found;
}

const print = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

setDefaultBackend(await nodeBackend());
const all = batches();
for (let batch = first; batch < all.length; batch++) {
  const cases = all[batch]!;
  const alone = batch === first && from >= 0;
  const parts = alone ? cases.slice(from).map((one) => [one]) : [cases];
  for (const [index, part] of parts.entries()) {
    print({ batch, at: alone ? from + index : -1, of: cases.length, name: part[0]!.name });
    for (const problem of await checkEmpty(part)) print({ problem });
  }
}
print({ done: all.flat().length });
