import { concat, full, pad, slice } from '@gai/core';
import type { CacheBuffer } from './cache-buffer.ts';
import { DeviceBuffer } from './device-buffer.ts';
import { HostBuffer } from './host-buffer.ts';

/** The rows of several buffers, of these lengths, one after the other in a new one. */
type Join = (buffers: readonly CacheBuffer[], lengths: readonly (readonly number[])[], capacity: number) => CacheBuffer;

/** In JavaScript's memory. */
export const joinOnHost: Join = (buffers, lengths, capacity) => {
  const hosts = buffers as readonly HostBuffer[];
  const batch = lengths.reduce((total, rows) => total + rows.length, 0);
  const result = new HostBuffer({ ...hosts[0]!.sizes, batch, capacity }, hosts[0]!.dtype);
  let first = 0;
  hosts.forEach((host, index) => {
    result.copy(host, first, lengths[index]!);
    first += host.sizes.batch;
  });
  return result;
};

/** On the device. */
export const joinOnDevice: Join = (buffers, _, capacity) => {
  const fitted = buffers.map(({ tensor: entries, sizes }) => {
    const { batch, heads, capacity: before, depth } = sizes;
    if (before === 0) return full([batch, heads, capacity, depth], 0, entries.dtype);
    return before > capacity
      ? slice(entries, [[0, capacity]], { axes: [2] })
      : pad(entries, [0, 0, [0, capacity - before], 0]);
  });
  return DeviceBuffer.of(concat(fitted));
};
