import { describe, expect, it } from 'vitest';
import { GaiError } from '@gai/core';
import type { Dataset } from '../dataset.ts';
import { isHostArray } from '../host-array.ts';
import { CounterRandom } from '../random.ts';
import { parseCsv } from './parse-csv.ts';
import { parseJsonl } from './parse-jsonl.ts';

const encoder = new TextEncoder();
const SNIPPETS = [
  '"',
  '""',
  ',',
  '\n',
  '\r',
  '\r\n',
  '[',
  ']',
  '[[',
  '{',
  '}',
  ':',
  '\\',
  '\0',
  'null',
  '1e999',
  '-0',
  '-',
  '𝒳',
  '\uFEFF',
  'NaN',
  '__proto__',
  'true',
];

/** Cuts, repeats, flips bits or puts in something that means something to the formats. */
function mutate(original: Uint8Array, random: CounterRandom): Uint8Array {
  let bytes = original;
  for (let n = random.int(3); n >= 0; n--) {
    const at = random.int(bytes.length + 1);
    const kind = random.int(4);
    if (kind === 0) bytes = bytes.slice(0, at);
    else if (kind === 1)
      bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(random.int(bytes.length + 1))]);
    else if (kind === 2 && at < bytes.length) bytes = bytes.with(at, bytes[at]! ^ (1 << random.int(8)));
    else {
      const snippet = encoder.encode(SNIPPETS[random.int(SNIPPETS.length)]);
      bytes = Uint8Array.from([...bytes.subarray(0, at), ...snippet, ...bytes.subarray(at + random.int(3))]);
    }
  }
  return bytes;
}

/** A data set whose columns all have its rows, of no more numbers than the input has bytes. */
function checkConsistent(data: Dataset<Record<string, unknown>>, bytes: number): void {
  const batch = data.gather();
  let numbers = 0;
  for (const name of data.names) {
    const column: unknown = batch[name];
    if (!isHostArray(column)) expect((column as unknown[]).length).toBe(data.size);
    else {
      expect(column.shape[0]).toBe(data.size);
      expect(column.data.length).toBe(column.shape.reduce((product, size) => product * size, 1));
      numbers += column.data.length;
    }
  }
  expect(numbers).toBeLessThanOrEqual(bytes);
}

function run(
  original: Uint8Array,
  parse: (bytes: Uint8Array, trial: number) => Dataset<Record<string, unknown>>,
): number {
  const before = process.memoryUsage().arrayBuffers;
  let parsed = 0;
  for (let trial = 0; trial < 10_000; trial++) {
    const bytes = mutate(original, new CounterRandom(trial, [7]));
    try {
      checkConsistent(parse(bytes, trial), bytes.length);
      parsed++;
    } catch (error) {
      if (!GaiError.isInstance(error)) throw new Error(`trial ${trial}`, { cause: error });
      expect(error.message.length).toBeLessThan(1000);
    }
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200_000_000);
  return parsed;
}

describe('10,000 seeded mutations give a data set or a typed error', () => {
  it('CSV', { timeout: 120_000 }, () => {
    const text = 'id,size,kind,ok\r\n1,0.5,"a, ""b""",true\r\n2,-3e2,"two\nlines",false\r\n,4,c,\r\n';
    const missing = ['nan', 'drop', 'error'] as const;
    const parsed = run(encoder.encode(text), (bytes, trial) =>
      parseCsv(bytes, { missing: missing[trial % 3]!, header: trial % 5 > 0 }),
    );
    expect(parsed).toBeGreaterThan(1000);
    expect(parsed).toBeLessThan(9000);
  });

  it('JSON Lines', { timeout: 120_000 }, () => {
    const text =
      '{"t": "a \\" b", "n": 1, "v": [[1, 2], [3, 4.5]], "ok": true}\n{"t": "", "n": -2, "v": [[0, 0], [1, 1]], "ok": false}\n';
    const parsed = run(encoder.encode(text), (bytes, trial) =>
      parseJsonl(bytes, { maxLineLength: 200, ...(trial % 2 === 0 && { fields: ['n', 'v'] }) }),
    );
    expect(parsed).toBeGreaterThan(200);
    expect(parsed).toBeLessThan(9000);
  });
});
