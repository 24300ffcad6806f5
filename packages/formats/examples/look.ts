/**
 * Teaches: what is in a file of weights that somebody sent, without running anything of it.
 * Expected: names, dtypes and sizes of the tensors, and what else the file says. Runs in under a second.
 *
 * pnpm example formats/look [FILE] [--smoke]
 */
import { readFile } from 'node:fs/promises';
import { openGguf, openTorch } from '@gai/formats';

const [given] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const path = given ?? new URL('../test/fixtures/nested.pt', import.meta.url);
const bytes = new Uint8Array(await readFile(path));

const isGguf = new TextDecoder().decode(bytes.subarray(0, 4)) === 'GGUF';
const opened = isGguf ? await openGguf(bytes) : await openTorch(bytes, { key: '' });
for (const [name, { dtype, shape }] of Object.entries(opened.tensors)) {
  console.log(`${name.padEnd(40)} ${dtype} [${shape.join(', ')}]`);
}
console.log('metadata' in opened ? Object.keys(opened.metadata) : opened.values);
