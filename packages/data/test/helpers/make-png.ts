import { deflateSync } from 'node:zlib';
import { crc32 } from '@gai/core/io';
import { predict } from '../../src/png/filter.ts';

/** A PNG to write: samples at the depth of the file, row by row. */
export interface PngPlan {
  readonly width: number;
  readonly height: number;
  readonly colorType: 0 | 2 | 3 | 4 | 6;
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  readonly interlaced?: boolean;
  readonly samples: readonly number[];
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  /** Split the compressed pixels into chunks of so many bytes. */
  readonly pieces?: number;
}

export const SAMPLES = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;

export function chunk(type: string, body: Uint8Array): Uint8Array {
  const out = Buffer.alloc(12 + body.length);
  out.writeUInt32BE(body.length, 0);
  out.write(type, 4, 'latin1');
  out.set(body, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
  return out;
}

export function header(plan: Omit<PngPlan, 'samples'>): Uint8Array {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(plan.width, 0);
  body.writeUInt32BE(plan.height, 4);
  body.set([plan.bitDepth, plan.colorType, 0, 0, plan.interlaced ? 1 : 0], 8);
  return chunk('IHDR', body);
}

export const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Writes the plan as a PNG file; row filters 0 … 4 take turns. */
export function makePng(plan: PngPlan): Uint8Array {
  const packed = deflateSync(Buffer.concat(passImages(plan).map((pass) => filterPass(pass, plan))));
  const size = plan.pieces ?? packed.length;
  const data: Uint8Array[] = [];
  for (let at = 0; at < packed.length; at += size) data.push(chunk('IDAT', packed.subarray(at, at + size)));
  const extra: Uint8Array[] = [];
  if (plan.palette) extra.push(chunk('PLTE', Uint8Array.from(plan.palette)));
  if (plan.transparency) extra.push(chunk('tRNS', Uint8Array.from(plan.transparency)));
  return Buffer.concat([signature, header(plan), ...extra, ...data, chunk('IEND', new Uint8Array(0))]);
}

/** Rows of samples per pass, by the pixel's place in the 8 × 8 pattern of the standard. */
const PATTERN = ['16462646', '77777777', '56565656', '77777777', '36463646', '77777777', '56565656', '77777777'];

function passImages(plan: PngPlan): number[][][] {
  const count = SAMPLES[plan.colorType];
  const images: number[][][] = [];
  for (let pass = plan.interlaced ? 1 : 0; pass <= (plan.interlaced ? 7 : 0); pass++) {
    const rows: number[][] = [];
    for (let y = 0; y < plan.height; y++) {
      const row: number[] = [];
      for (let x = 0; x < plan.width; x++) {
        const at = (y * plan.width + x) * count;
        if (pass === 0 || Number(PATTERN[y % 8]![x % 8]) === pass) row.push(...plan.samples.slice(at, at + count));
      }
      if (row.length > 0) rows.push(row);
    }
    if (rows.length > 0) images.push(rows);
  }
  return images;
}

function filterPass(rows: readonly number[][], plan: PngPlan): Uint8Array {
  const unit = Math.max(1, (SAMPLES[plan.colorType] * plan.bitDepth) >> 3);
  let above: Uint8Array | undefined;
  const lines = rows.map((samples, y) => {
    const row = packRow(samples, plan.bitDepth);
    const upper = above ?? new Uint8Array(row.length);
    const type = y % 5;
    const line = row.map((byte, i) => byte - (type === 0 ? 0 : predict(type, row, upper, { i, unit })));
    above = row;
    return Buffer.concat([Uint8Array.of(type), line]);
  });
  return Buffer.concat(lines);
}

function packRow(samples: readonly number[], bitDepth: number): Uint8Array {
  if (bitDepth === 16) return Uint8Array.from(samples.flatMap((value) => [value >> 8, value & 255]));
  const bits = samples.map((value) => value.toString(2).padStart(bitDepth, '0')).join('');
  return Uint8Array.from(bits.match(/.{1,8}/g) ?? [], (byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
}
