import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { lazyTensor } from '@gai/core/io';
import type { ByteSource } from '@gai/core/io';
import { define } from '../define.ts';
import { quote, refuse } from '../errors.ts';
import { toByteSource } from '../source.ts';
import type { Source } from '../source.ts';
import { readStart } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { chooseTensors } from './choose.ts';
import { Budget } from './contents.ts';
import { readLegacyCheckpoint } from './legacy-checkpoint.ts';
import { plainValue } from './plain-values.ts';
import type { TorchValue } from './plain-values.ts';
import { viewElements } from './strided.ts';
import { readZipCheckpoint } from './zip-checkpoint.ts';

export type { TorchValue } from './plain-values.ts';

/** What {@link openTorch} reads of a checkpoint. */
export interface TorchOptions {
  /**
   * The part whose tensors are wanted, where a checkpoint has several: `'model'` of `{ model, optimizer }`. The empty text
   * takes all of them, under joined names. Default: the part that holds tensors, if there is one.
   */
  readonly key?: string | undefined;
}

/**
 * An opened checkpoint of PyTorch.
 * @category Files
 */
export interface TorchFile {
  /** The tensors by name, read when something is computed with them. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Names of tensors that are the same elements as one before them, and the name of that: tied weights. */
  readonly aliases: ReadonlyMap<string, string>;
  /** What the whole file holds besides tensors: settings, a step, losses. */
  readonly values: TorchValue;
}

/**
 * Opens a checkpoint that `torch.save` wrote (`.pt`, `.pth`, `.bin`), in the zip format or in the one before it, without
 * Python and without running anything: its pickle is read by a reader of our own that knows tensors and plain containers,
 * and refuses every other name and instruction. Tensors are read when they are used.
 *
 * A tensor that is a view is laid out in row-major order. int16 and uint16 become int32. Sparse, quantized and complex
 * tensors, float8, whole model objects and TorchScript programs are refused.
 * @param source - Bytes, a `Blob`, or a file: `await fileSource(storage, path)` of `@gai/core/io`.
 * @throws {@link DataError} if it is no checkpoint, is damaged, or holds more than data.
 * @throws {@link ArgumentError} if the checkpoint has several parts, or none of the name that was given: the message names
 * them.
 * @example
 * const none = openTorch(new TextEncoder().encode('no checkpoint')); // with one: a TorchFile
 * await none; // => throws DataError
 * @category Files
 */
export async function openTorch(source: Source, options: TorchOptions = {}): Promise<TorchFile> {
  checkOptionNames('openTorch', options, ['key']);
  const { key } = options;
  const bytes = toByteSource(source, 'openTorch');
  const { value, places, pickleLength } = await readCheckpoint(bytes);
  const views = chooseTensors(value, key, new Budget(2 * pickleLength));
  const tensors: Record<string, Tensor> = {};
  const aliases = new Map<string, string>();
  const first = new Map<string, string>();
  for (const [name, view] of views) {
    const same = first.get(view.identity);
    if (same === undefined) first.set(view.identity, name);
    else aliases.set(name, same);
    const place = places.get(view.storage.key)!;
    define(tensors, name, same === undefined ? lazyTensor(viewElements(bytes, place, view)) : tensors[same]);
  }
  return { tensors, aliases, values: plainValue(value, new Budget(pickleLength)) ?? {} };
}

async function readCheckpoint(source: ByteSource): Promise<Checkpoint> {
  const start = await readStart(source, 265);
  if (start[0] === 0x50 && start[1] === 0x4b) return readZipCheckpoint(source);
  if (start[0] === 0x80) return readLegacyCheckpoint(source);
  const isTar = new TextDecoder().decode(start.subarray(257, 262)) === 'ustar';
  return refuse({
    op: 'openTorch',
    problem: 'no checkpoint of torch',
    got: isTar ? 'a tar archive' : `a file that begins with ${quote(String.fromCharCode(...start.subarray(0, 8)))}`,
    expected: 'a zip archive or a pickle',
    remedy: isTar ? 'Load it with an old torch and save it again.' : 'Name a file that torch.save wrote.',
  });
}
