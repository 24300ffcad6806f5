import { decode as oracleDecode, encode as oracleEncode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { deflateSync } from 'node:zlib';
import { DataError } from '@gai/core';
import { chunk, header, makePng, SAMPLES, signature } from '../../test/helpers/make-png.ts';
import type { PngPlan } from '../../test/helpers/make-png.ts';
import { CounterRandom } from '../random.ts';
import { decodePng } from './decode-png.ts';
import { encodePng } from './encode-png.ts';

const FORMATS = [
  ...([1, 2, 4, 8, 16] as const).map((bitDepth) => ({ colorType: 0, bitDepth }) as const),
  ...([8, 16] as const).flatMap((bitDepth) =>
    ([2, 4, 6] as const).map((colorType) => ({ colorType, bitDepth }) as const),
  ),
  ...([1, 2, 4, 8] as const).map((bitDepth) => ({ colorType: 3, bitDepth }) as const),
];

const SIZES = [
  [1, 1],
  [3, 2],
  [5, 9],
  [8, 8],
  [17, 13],
] as const;

function plan(format: (typeof FORMATS)[number], [width, height]: readonly [number, number], seed: number): PngPlan {
  const random = new CounterRandom(seed, [width, height]);
  const count = width * height * SAMPLES[format.colorType];
  const samples = Array.from({ length: count }, () => random.int(2 ** format.bitDepth));
  const palette = Array.from({ length: 3 * 2 ** Math.min(8, format.bitDepth) }, () => random.int(256));
  return { ...format, width, height, samples, pieces: 11, ...(format.colorType === 3 && { palette }) };
}

/** The expected bytes, straight from the samples of the plan. */
function expected({ samples, bitDepth, palette }: PngPlan): number[] {
  if (palette) return samples.flatMap((index) => palette.slice(3 * index, 3 * index + 3));
  return samples.map((value) => Math.round((value * 255) / (2 ** bitDepth - 1)));
}

describe('decodePng', () => {
  it.each(FORMATS)('reads colour type $colorType with $bitDepth bits, interlaced or not', async (format) => {
    for (const size of SIZES) {
      for (const interlaced of [false, true]) {
        const it = { ...plan(format, size, 5), interlaced };
        const image = await decodePng(makePng(it));
        expect([image.width, image.height, image.channels]).toEqual([...size, it.palette ? 3 : SAMPLES[it.colorType]]);
        expect([...image.data]).toEqual(expected(it));
      }
    }
  });

  it('agrees with fast-png on what the test files say', () => {
    for (const format of FORMATS.filter(({ bitDepth }) => bitDepth >= 8)) {
      for (const interlaced of [false, true]) {
        const it = { ...plan(format, [17, 13], 6), interlaced };
        expect([...oracleDecode(makePng(it)).data]).toEqual(it.samples);
      }
    }
  });

  it('reads what fast-png writes, and fast-png reads what we write', async () => {
    for (const channels of [1, 2, 3, 4] as const) {
      const random = new CounterRandom(channels);
      const data = Uint8Array.from({ length: 31 * 18 * channels }, () => random.int(256));
      const image = { width: 31, height: 18, channels, data };
      expect(await decodePng(oracleEncode(image))).toEqual(image);
      const back = oracleDecode(await encodePng(image), { checkCrc: true });
      expect([back.width, back.height, back.channels]).toEqual([31, 18, channels]);
      expect([...back.data]).toEqual([...data]);
    }
  });

  it('turns a transparent colour into an alpha channel', async () => {
    const grey = { width: 3, height: 1, colorType: 0, bitDepth: 2, samples: [0, 1, 3], transparency: [0, 1] } as const;
    expect(await decodePng(makePng(grey))).toEqual(image(3, 2, [0, 255, 85, 0, 255, 255]));
    const rgb = { width: 2, height: 1, colorType: 2, bitDepth: 8, samples: [1, 2, 3, 1, 2, 4] } as const;
    const key = [0, 1, 0, 2, 0, 3];
    expect(await decodePng(makePng({ ...rgb, transparency: key }))).toEqual(image(2, 4, [1, 2, 3, 0, 1, 2, 4, 255]));
  });

  it('gives palette colours without an own alpha the alpha 255', async () => {
    const it = {
      width: 2,
      height: 1,
      colorType: 3,
      bitDepth: 1,
      samples: [0, 1],
      palette: [9, 8, 7, 6, 5, 4],
    } as const;
    expect(await decodePng(makePng({ ...it, transparency: [3] }))).toEqual(image(2, 4, [9, 8, 7, 3, 6, 5, 4, 255]));
  });

  it('converts to grey over white', async () => {
    const it = { width: 2, height: 1, colorType: 6, bitDepth: 8, samples: [255, 0, 0, 255, 0, 0, 0, 0] } as const;
    expect(await decodePng(makePng(it), { channels: 1 })).toEqual(image(2, 1, [76, 255]));
    expect(await decodePng(makePng(it), { channels: 1, background: 0 })).toEqual(image(2, 1, [76, 0]));
  });

  it('ignores ancillary chunks and bytes after the end', async () => {
    const file = makePng({ width: 1, height: 1, colorType: 0, bitDepth: 8, samples: [7] });
    const note = chunk('tEXt', Uint8Array.from(Buffer.from('Comment\0hello')));
    const noted = Buffer.concat([file.subarray(0, 33), note, file.subarray(33), Buffer.from('tail')]);
    expect((await decodePng(noted)).data[0]).toBe(7);
  });
});

function image(width: number, channels: number, data: readonly number[]): unknown {
  return { width, height: 1, channels, data: Uint8Array.from(data) };
}

describe('decodePng, damaged input', () => {
  const good = makePng({
    width: 4,
    height: 3,
    colorType: 0,
    bitDepth: 8,
    samples: Array.from({ length: 12 }, (_, i) => i),
  });
  const end = chunk('IEND', new Uint8Array(0));
  const small = { width: 2, height: 2, colorType: 0, bitDepth: 8 } as const;
  const withData = (raw: Uint8Array, plan: Omit<PngPlan, 'samples'> = small, packed = deflateSync(raw)): Uint8Array =>
    Buffer.concat([signature, header(plan), chunk('IDAT', packed), end]);
  const failing: Record<string, readonly [Uint8Array, RegExp]> = {
    'no bytes': [new Uint8Array(0), /signature is wrong. Got no bytes/],
    'a JPEG': [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /signature is wrong. Got ff d8 ff e0/],
    'a cut file': [good.subarray(0, good.length - 13), /cut off. Got \d+ bytes; expected at least \d+/],
    'a flipped bit': [good.map((byte, i) => (i === 45 ? byte ^ 1 : byte)), /checksum is wrong/],
    'no header': [Buffer.concat([signature, end]), /header is missing/],
    'data before the header': [Buffer.concat([signature, chunk('IDAT', new Uint8Array(3)), end]), /header is missing/],
    'a second header': [Buffer.concat([signature, header(small), header(small), end]), /chunk is not known. Got IHDR/],
    'a short header': [Buffer.concat([signature, chunk('IHDR', new Uint8Array(12)), end]), /header has a wrong length/],
    'no pixels': [withData(new Uint8Array(0), { ...small, width: 0 }), /no pixels. Got 0 × 2/],
    'a huge image': [
      withData(new Uint8Array(9), { ...small, width: 65536, height: 65536 }),
      /too large. Got 65536 × 65536/,
    ],
    'an odd depth': [withData(new Uint8Array(9), { ...small, colorType: 2, bitDepth: 4 }), /colour type 2 with 4 bits/],
    'an unknown critical chunk': [
      Buffer.concat([signature, header(small), chunk('ABCD', new Uint8Array(1)), end]),
      /ABCD/,
    ],
    'no data': [Buffer.concat([signature, header(small), end]), /do not fill the image. Got 0 compressed bytes/],
    'too few rows': [withData(new Uint8Array(3)), /do not fill the image. Got 3 bytes; expected 6/],
    'too many rows': [withData(new Uint8Array(7)), /do not fill the image. Got more than 6 bytes/],
    'a filter 5': [withData(Uint8Array.of(5, 0, 0, 0, 0, 0)), /row filter is unknown. Got 5/],
    'a broken zlib stream': [withData(new Uint8Array(0), small, Buffer.from('not zlib')), /cannot be unpacked/],
    'no palette': [withData(new Uint8Array(6), { ...small, colorType: 3 }), /palette is missing/],
    'an odd palette': [
      Buffer.concat([signature, header({ ...small, colorType: 3 }), chunk('PLTE', new Uint8Array(4)), end]),
      /palette has a wrong length. Got 4 bytes/,
    ],
    'an index outside the palette': [
      makePng({ ...small, colorType: 3, samples: [0, 0, 0, 2], palette: [0, 0, 0, 1, 1, 1] }),
      /not in the palette. Got index 2; expected below 2/,
    ],
    'a wrong tRNS': [makePng({ ...small, samples: [0, 0, 0, 0], transparency: [1] }), /transparency does not fit/],
  };

  it.each(Object.entries(failing))('refuses %s', async (_, [bytes, message]) => {
    const error = await decodePng(bytes).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toMatch(/^decodePng: .*\. Got .*; expected .*\.$/s);
  });

  it('does not unpack a bomb', async () => {
    const bomb = withData(new Uint8Array(0), small, deflateSync(Buffer.alloc(200_000_000)));
    const before = process.memoryUsage().rss;
    await expect(decodePng(bomb)).rejects.toThrow(/more than 6 bytes/);
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
  });

  it('gives an image or a DataError for 10,000 mutations', { timeout: 120_000 }, async () => {
    const originals = FORMATS.map((format, i) => makePng({ ...plan(format, [9, 7], i), interlaced: i % 2 === 0 }));
    const before = process.memoryUsage().rss;
    let decoded = 0;
    for (let trial = 0; trial < 10_000; trial++) {
      const random = new CounterRandom(trial, [42]);
      const bytes = mutate(originals[trial % originals.length]!, random);
      try {
        const { width, height, channels, data } = await decodePng(bytes, { maxPixels: 1e6 });
        expect(data.length).toBe(width * height * channels);
        decoded++;
      } catch (error) {
        if (!(error instanceof DataError)) throw new Error(`trial ${trial}`, { cause: error });
      }
    }
    expect(decoded).toBeGreaterThan(100);
    expect(decoded).toBeLessThan(9_900);
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
  });
});

/** Changes, cuts, repeats or inserts bytes; half of the time checksums are made right again, to reach deeper code. */
function mutate(original: Uint8Array, random: CounterRandom): Uint8Array {
  let bytes = Uint8Array.from(original);
  const kind = random.int(6);
  const at = random.int(bytes.length);
  if (kind === 0) bytes = bytes.slice(0, at);
  else if (kind === 1) bytes = Uint8Array.from([...bytes.slice(0, at), random.int(256), ...bytes.slice(at)]);
  else if (kind === 2) bytes = Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(random.int(bytes.length))]);
  else for (let n = random.int(4); n >= 0; n--) bytes[random.int(bytes.length)] = random.int(256);
  return random.int(2) === 0 ? repair(bytes) : bytes;
}

function repair(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8;
  while (at + 12 <= bytes.length && at + 12 + view.getUint32(at) <= bytes.length) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    parts.push(chunk(type, bytes.subarray(at + 8, at + 8 + length)));
    at += 12 + length;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}
