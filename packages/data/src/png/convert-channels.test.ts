import { describe, expect, it } from 'vitest';
import { convertChannels } from './convert-channels.ts';
import { encodePng } from './encode-png.ts';

const pixel = (...data: number[]) =>
  ({ width: 1, height: 1, channels: data.length as 1 | 2 | 3 | 4, data: Uint8Array.from(data) }) as const;

describe('convertChannels', () => {
  it('follows the luma table of Pillow', () => {
    const colors = [
      [255, 0, 0, 76],
      [0, 255, 0, 150],
      [0, 0, 255, 29],
      [10, 200, 90, 131],
      [1, 2, 3, 2],
    ] as const;
    for (const [r, g, b, grey] of colors) expect([...convertChannels(pixel(r, g, b), 1).data]).toEqual([grey]);
  });

  it('keeps, adds, drops and blends alpha', () => {
    expect([...convertChannels(pixel(7), 4).data]).toEqual([7, 7, 7, 255]);
    expect([...convertChannels(pixel(7, 100), 4).data]).toEqual([7, 7, 7, 100]);
    expect([...convertChannels(pixel(10, 20, 30, 0), 3).data]).toEqual([255, 255, 255]);
    expect([...convertChannels(pixel(10, 20, 30, 0), 3, 0).data]).toEqual([0, 0, 0]);
    expect([...convertChannels(pixel(200, 200, 200, 51), 2).data]).toEqual([200, 51]);
    expect([...convertChannels(pixel(0, 127), 1).data]).toEqual([128]);
    expect([...convertChannels(pixel(9, 51), 2).data]).toEqual([9, 51]);
  });

  it('refuses other numbers of channels', () => {
    expect(() => convertChannels(pixel(1), 5 as 4)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: convertChannels: the number of channels is unknown. Got 5; expected 1, 2, 3 or 4. Pass 1 for grey.]`,
    );
  });
});

describe('encodePng', () => {
  it('refuses data that does not fill the image', async () => {
    const wrong = encodePng({ width: 2, height: 2, channels: 1, data: new Uint8Array(3) });
    await expect(wrong).rejects.toThrowErrorMatchingInlineSnapshot(
      `[DataError: encodePng: the data does not fill the image. Got 3 bytes for 2 × 2 × 1; expected sizes ≥ 1, 1 … 4 channels and 4 bytes. Correct the sizes.]`,
    );
    await expect(encodePng({ width: 0, height: 1, channels: 1, data: new Uint8Array(0) })).rejects.toThrow('encodePng');
  });

  it('compresses smooth images', async () => {
    const data = Uint8Array.from({ length: 100 * 100 }, (_, i) => ((i % 100) + Math.floor(i / 100)) & 255);
    expect((await encodePng({ width: 100, height: 100, channels: 1, data })).length).toBeLessThan(600);
  });
});
