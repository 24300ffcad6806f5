import { expect, it } from 'vitest';
import { openGguf, openTorch } from '../src/index.ts';
import { LEGACY_HEAD } from './support.ts';

/** Processor time of `work`, in milliseconds: the least of three. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < 3; run += 1) {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** Four times the input may take eight times as long, and no more: in the square it would be sixteen times. */
async function expectLinear(size: number, work: (size: number) => () => Promise<unknown>): Promise<void> {
  await work(size)();
  const [small, large] = [await timeOf(work(size)), await timeOf(work(4 * size))];
  expect(large / Math.max(small, 5)).toBeLessThan(10);
}

/** A checkpoint of the old format around one instruction repeated. */
function repeated(before: readonly number[], unit: readonly number[], count: number): Uint8Array {
  const bytes = new Uint8Array(LEGACY_HEAD.length + before.length + unit.length * count + 8);
  bytes.set([...LEGACY_HEAD, ...before]);
  for (let at = 0; at < count; at += 1) bytes.set(unit, LEGACY_HEAD.length + before.length + at * unit.length);
  bytes.set([0x2e, 0x80, 2, 0x5d, 0x2e], bytes.length - 8);
  return bytes;
}

it.each<[string, readonly number[], readonly number[]]>([
  ['marks', [], [0x28]],
  ['numbers', [0x28], [0x4b, 1]],
  ['a list that grows by one', [0x5d], [0x4b, 1, 0x61]],
  ['a list that grows from marks', [0x5d], [0x28, 0x4b, 1, 0x65]],
  ['a dictionary that grows', [0x7d], [0x4b, 1, 0x4b, 2, 0x73]],
  ['copies', [0x4e], [0x32]],
  ['what is remembered again', [0x4e], [0x71, 0, 0x68, 0]],
  ['texts', [0x28], [0x58, 3, 0, 0, 0, 0x61, 0x62, 0x63]],
])('a pickle of %s takes time in proportion to its length', async (_, before, unit) => {
  await expectLinear(30_000, (count) => {
    const bytes = repeated(before, unit, count);
    return () => openTorch(bytes).catch(() => undefined);
  });
});

it('so does a GGUF of many tokens', async () => {
  await expectLinear(30_000, (count) => {
    const bytes = new Uint8Array(24 + 8 + 1 + 4 + 4 + 8 + count * 11);
    const view = new DataView(bytes.buffer);
    bytes.set([0x47, 0x47, 0x55, 0x46, 3]);
    view.setUint32(16, 1, true);
    view.setUint32(24, 1, true);
    bytes[32] = 0x74;
    view.setUint32(33, 9, true);
    view.setUint32(37, 8, true);
    view.setUint32(41, count, true);
    for (let at = 0; at < count; at += 1)
      bytes.set([3, 0, 0, 0, 0, 0, 0, 0, 0x61, 0x62, 0xff - (at % 2 === 0 ? 0x9c : 0x9b)], 49 + at * 11);
    return async () => expect((await openGguf(bytes)).metadata['t']).toHaveLength(count);
  });
});
