import { convertElements } from '@gai/core/ops';

let table: Float32Array | undefined;

/** What each pattern of 16 bits stands for as a float16: there is one for every block of a weight. */
export function halfTable(): Float32Array {
  table ??= convertElements(
    Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits),
    'float16',
    'float32',
  ) as Float32Array;
  return table;
}
