import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOnnx } from '@gai/backend-node';
import { loadDigits } from '@gai/data/node';
import type { Page } from 'playwright-core';

/** The bytes behind the page's download link. */
export async function downloadOf(page: Page): Promise<Uint8Array> {
  const text = await page.evaluate(`(async () => {
    const response = await fetch(document.querySelector('#download').href);
    return Array.from(new Uint8Array(await response.arrayBuffer()), (byte) => String.fromCharCode(byte)).join('');
  })()`);
  return Uint8Array.from(text as string, (letter) => letter.charCodeAt(0));
}

/** What an exported model says of the test digits, in Node: logits by row, and the share that is right. */
export async function judgeDigits(model: Uint8Array): Promise<{ logits: number[][]; accuracy: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'gai-exported-'));
  try {
    await writeFile(join(folder, 'digits.onnx'), model);
    const opened = await openOnnx(join(folder, 'digits.onnx'), { threads: 1 });
    const { test } = await loadDigits();
    const { data, shape } = test.column('x') as { data: Float32Array; shape: readonly number[] };
    const { output } = await opened.run({ x: { dtype: 'float32', shape, data } });
    await opened.release();
    const flat = output!.data as Float32Array;
    const logits = Array.from({ length: test.size }, (_, row) => [...flat.subarray(10 * row, 10 * row + 10)]);
    const labels = test.column('y') as { data: Int32Array };
    const right = logits.filter((row, index) => largest(row) === labels.data[index]).length;
    return { logits, accuracy: right / test.size };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The position of the largest number. */
export const largest = (row: readonly number[]): number => row.indexOf(Math.max(...row));
