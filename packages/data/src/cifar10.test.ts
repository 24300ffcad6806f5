import { describe, expect, it } from 'vitest';
import { DataError } from '@gai/core';
import { parseCifar10 } from './cifar10.ts';
import { CounterRandom } from './random.ts';

/** A file of `count` rows: label and pixels follow from the row. */
function file(count: number): Uint8Array {
  const bytes = new Uint8Array(count * 3073);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7 + Math.floor(i / 3073)) % 251;
  for (let row = 0; row < count; row++) bytes[row * 3073] = (row * 3) % 10;
  return bytes;
}

describe('parseCifar10', () => {
  it('takes labels and pixels apart', () => {
    const bytes = file(4);
    const { data, shape, labels } = parseCifar10(bytes);
    expect(shape).toEqual([4, 3, 32, 32]);
    expect([...labels]).toEqual([0, 3, 6, 9]);
    for (let row = 0; row < 4; row++) {
      expect(data.subarray(row * 3072, (row + 1) * 3072)).toEqual(bytes.subarray(row * 3073 + 1, (row + 1) * 3073));
    }
    bytes.fill(0);
    expect(data[0]).toBe(7); // a copy
  });

  it('says what is wrong', () => {
    expect(() =>
      parseCifar10(file(2).subarray(0, 6000), { name: 'test_batch.bin' }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DataError: parseCifar10: test_batch.bin has a wrong length. Got 6000 bytes; expected 1 or more rows of 3073. It may be cut off, packed, or another version: take the binary version of CIFAR-10 and unpack it.]`,
    );
    const wrong = file(2);
    wrong[3073] = 10;
    expect(() => parseCifar10(wrong)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: parseCifar10: a label of input is out of range. Got 10 in row 1; expected 0 … 9. The file is damaged or not CIFAR-10: download it again.]`,
    );
    expect(() => parseCifar10(new Uint8Array(0))).toThrow('Got 0 bytes');
  });

  it('gives images or a DataError for 10,000 mutations', () => {
    const original = file(2);
    let parsed = 0;
    for (let trial = 0; trial < 10_000; trial++) {
      const random = new CounterRandom(trial);
      let bytes: Uint8Array = original.slice();
      const kind = random.int(4);
      if (kind === 0) bytes = bytes.subarray(0, random.int(bytes.length + 1));
      else if (kind === 1)
        bytes = Uint8Array.from([...bytes.subarray(0, 3073), ...new Uint8Array(random.int(3) * 3073)]);
      else for (let n = random.int(4); n >= 0; n--) bytes[random.int(2) * 3073 * random.int(2)] = random.int(24);
      try {
        const { data, labels, shape } = parseCifar10(bytes);
        expect(data.length + labels.length).toBe(bytes.length);
        expect(shape[0]).toBe(labels.length);
        expect(labels.every((label) => label >= 0 && label < 10)).toBe(true);
        parsed++;
      } catch (error) {
        if (!(error instanceof DataError)) throw new Error(`trial ${trial}`, { cause: error });
      }
    }
    expect(parsed).toBeGreaterThan(1000);
    expect(parsed).toBeLessThan(9000);
  });
});
