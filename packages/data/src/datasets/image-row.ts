import type { Dataset } from '../dataset.ts';
import type { HostArray } from '../host-array.ts';

/** A row of an image classification set. */
export interface ImageRow {
  /** `[channels, height, width]`, float32, 0 … 1. */
  readonly x: HostArray;
  /** The class, from 0; stored as int32. */
  readonly y: number;
}

/** A data set that comes in two parts. */
export interface TrainTest {
  readonly train: Dataset<ImageRow>;
  readonly test: Dataset<ImageRow>;
}

let levels: Float32Array | undefined;

/** Pixel bytes as float32 numbers `byte / 255`. */
export function unitScale(bytes: Uint8Array): Float32Array {
  levels ??= Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
  const out = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = levels[bytes[i]!]!;
  return out;
}
