import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodePng } from './decode-png.ts';
import { encodeApng } from './encode-apng.ts';
import { encodePng } from './encode-png.ts';

/** Chunks of a PNG file as [type, data]. */
function chunks(png: Uint8Array): [string, Uint8Array][] {
  const view = new DataView(png.buffer, png.byteOffset);
  const list: [string, Uint8Array][] = [];
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at);
    list.push([String.fromCharCode(...png.subarray(at + 4, at + 8)), png.subarray(at + 8, at + 8 + length)]);
    at += 12 + length;
  }
  return list;
}

const picture = (shade: number) => ({
  width: 5,
  height: 3,
  channels: 3 as const,
  data: Uint8Array.from({ length: 45 }, (_, i) => (i * shade) & 255),
});
const pictures = [1, 7, 31].map(picture);

describe('encodeApng', () => {
  it('holds every picture, numbered in order, the first one as a plain PNG', async () => {
    const bytes = await encodeApng(pictures, { fps: 4 });
    const parts = chunks(bytes);
    expect(parts.map(([type]) => type).join(' ')).toBe('IHDR acTL fcTL IDAT fcTL fdAT fcTL fdAT IEND');
    expect([...parts[1]![1]]).toEqual([0, 0, 0, 3, 0, 0, 0, 0]);
    const sequence = parts.filter(([type]) => /^f[cd]/.test(type)).map(([, data]) => data[3]);
    expect(sequence).toEqual([0, 1, 2, 3, 4]);
    expect([...parts[2]![1]]).toEqual([
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      5,
      0,
      0,
      0,
      3,
      ...new Array<number>(8).fill(0),
      0,
      100,
      1,
      144,
      0,
      0,
    ]);
    const plain = new Map(chunks(await encodePng(pictures[1]!)));
    expect(parts[5]![1].subarray(4)).toEqual(plain.get('IDAT'));
    expect(inflateSync(parts[5]![1].subarray(4)).length).toBe(3 * 16);
    const withoutMotion = await encodeApng([pictures[0]!]);
    expect(await decodePng(stripMotion(withoutMotion))).toEqual(pictures[0]);
  });

  it('refuses what is no animation', async () => {
    await expect(encodeApng([])).rejects.toThrow('encodeApng: no images. Got 0');
    await expect(encodeApng([pictures[0]!, { ...pictures[0]!, width: 3, height: 5 }])).rejects.toThrow(
      'the images differ. Got 3 × 5 × 3 after 5 × 3 × 3',
    );
    await expect(encodeApng([{ ...pictures[0]!, data: new Uint8Array(3) }])).rejects.toThrow('encodeApng: the data');
    for (const [fps, got] of [
      [0, '0'],
      [0.001, '0.001'],
      [Number.NaN, 'NaN'],
      ['30', "'30'"],
    ] as const) {
      await expect(encodeApng(pictures, { fps: fps as number })).rejects.toThrow(
        `Got ${got}; expected a number, 0.01 to 100`,
      );
    }
  });

  it.each([0.01, 0.015, 0.7, 1, 2.5, 30, 100])(
    'shows a picture for its share of a second at %d a second',
    async (fps) => {
      const control = chunks(await encodeApng(pictures.slice(0, 1), { fps }))[2]![1];
      const view = new DataView(control.buffer, control.byteOffset);
      expect(view.getUint16(20) / view.getUint16(22)).toBeCloseTo(1 / fps, 2);
    },
  );
});

/** The file without the chunks of the animation. */
function stripMotion(png: Uint8Array): Uint8Array {
  const out = [...png.subarray(0, 8)];
  let at = 8;
  for (const [type, data] of chunks(png)) {
    if (!/^(acTL|fcTL|fdAT)$/.test(type)) out.push(...png.subarray(at, at + 12 + data.length));
    at += 12 + data.length;
  }
  return Uint8Array.from(out);
}
