import { describe, expect, test } from 'vitest';
import { stripVTControlCharacters } from 'node:util';
import { encodeGif, frameToAnsi, make, policyToText, rollout, valuesToText } from '../index.ts';
import type { RgbFrame } from '../index.ts';
import { cliffWalking, frozenLake } from '../tabular/index.ts';
import { Canvas } from './canvas.ts';

/** Decodes the frames of a GIF with one global palette, independently of the encoder. */
function decodeGif(gif: Uint8Array): { width: number; height: number; frames: number[][] } {
  const width = gif[6]! + 256 * gif[7]!;
  const height = gif[8]! + 256 * gif[9]!;
  const colours = 2 << (gif[10]! & 7);
  const palette = Array.from({ length: colours }, (_, i) => [...gif.subarray(13 + 3 * i, 16 + 3 * i)]);
  const frames: number[][] = [];
  let at = 13 + 3 * colours;
  while (gif[at] !== 0x3b) {
    const isImage = gif[at] === 0x2c;
    const width0 = gif[at + 10]!;
    at += isImage ? 11 : 2;
    const data: number[] = [];
    while (gif[at] !== 0) {
      data.push(...gif.subarray(at + 1, at + 1 + gif[at]!));
      at += 1 + gif[at]!;
    }
    at++;
    if (isImage) frames.push(inflate(data, width0).flatMap((index) => palette[index]!));
  }
  return { width, height, frames };
}

function inflate(data: number[], minimum: number): number[] {
  const out: number[] = [];
  const clear = 1 << minimum;
  let table: number[][] = [];
  let width = minimum + 1;
  let previous: number[] | undefined;
  for (let bit = 0; bit + width <= data.length * 8;) {
    let code = 0;
    for (let k = 0; k < width; k++) code |= ((data[(bit + k) >> 3]! >> ((bit + k) & 7)) & 1) << k;
    bit += width;
    if (code === clear + 1) break;
    if (code === clear) {
      table = Array.from({ length: clear + 2 }, (_, i) => [i]);
      width = minimum + 1;
      previous = undefined;
      continue;
    }
    const entry: number[] = table[code] ?? [...previous!, previous![0]!];
    if (previous !== undefined) table.push([...previous, entry[0]!]);
    if (table.length === 1 << width && width < 12) width++;
    out.push(...entry);
    previous = entry;
  }
  return out;
}

function frameOf(id: string): RgbFrame {
  const env = make(id);
  env.reset({ seed: 0 });
  return env.render!('rgb_array') as RgbFrame;
}

function colours({ data }: RgbFrame): Set<string> {
  const set = new Set<string>();
  for (let at = 0; at < data.length; at += 3) set.add(data.subarray(at, at + 3).join());
  return set;
}

test.each([
  ['CartPole-v1', 600, 400],
  ['Acrobot-v1', 500, 500],
  ['Pendulum-v1', 500, 500],
  ['MountainCar-v0', 600, 400],
  ['FrozenLake-v1', 256, 256],
  ['CliffWalking-v1', 768, 256],
  ['Taxi-v3', 320, 320],
  ['Blackjack-v1', 384, 256],
])('%s draws a frame of %i x %i with something on it', (id, width, height) => {
  const frame = frameOf(id);
  expect([frame.width, frame.height, frame.data.length]).toEqual([width, height, width * height * 3]);
  expect(colours(frame).size).toBeGreaterThan(2);
});

test('the picture follows the state', () => {
  const env = make('CartPole-v1');
  const draw = (x: number): Uint8Array => {
    env.reset({ options: { state: [x, 0, 0, 0] } });
    return (env.render!('rgb_array') as RgbFrame).data;
  };
  const pixel = (data: Uint8Array, x: number): number => data[(300 * 600 + x) * 3]!;
  expect([pixel(draw(0), 300), pixel(draw(0), 425)]).toEqual([0, 0]);
  const row = 305 * 600;
  expect([draw(0)[(row + 300) * 3], draw(0)[(row + 425) * 3]]).toEqual([0, 255]);
  expect([draw(1)[(row + 300) * 3], draw(1)[(row + 425) * 3]]).toEqual([255, 0]);
});

test('canvas fills polygons, discs and clips at the border', () => {
  const canvas = new Canvas(10, 10);
  canvas.polygon(
    [
      [-5, -5],
      [5, -5],
      [5, 5],
      [-5, 5],
    ],
    [1, 2, 3],
  );
  canvas.disc([10, 10], 3, [9, 9, 9]);
  const red = (x: number, y: number): number => canvas.data[(y * 10 + x) * 3]!;
  expect([red(0, 0), red(4, 4), red(5, 5), red(9, 9), red(7, 7)]).toEqual([1, 1, 255, 9, 255]);
});

test('a GIF holds every frame', () => {
  const frames: RgbFrame[] = [];
  rollout(make('FrozenLake-v1'), { seed: 7, actions: [2, 2, 1], onFrame: (frame) => void frames.push(frame) });
  expect(frames.length).toBe(4);
  const decoded = decodeGif(encodeGif(frames, { fps: 4 }));
  expect([decoded.width, decoded.height, decoded.frames.length]).toEqual([256, 256, 4]);
  decoded.frames.forEach((pixels, index) => expect(Buffer.compare(Buffer.from(pixels), frames[index]!.data)).toBe(0));
});

test('GIF keeps 256 colours exactly and approximates more; long noise crosses the table’s end', () => {
  const noise = (count: number): RgbFrame => {
    let x = 1;
    const data = new Uint8Array(128 * 128 * 3);
    for (let pixel = 0; pixel < 128 * 128; pixel++) {
      x = (Math.imul(x, 1103515245) + 12345) >>> 0;
      const value = (x >>> 8) % count;
      data.set([value & 255, (value >> 8) * 16, 7], pixel * 3);
    }
    return { width: 128, height: 128, data };
  };
  const few = noise(256);
  expect(decodeGif(encodeGif([few])).frames[0]).toEqual([...few.data]);
  const many = noise(4096);
  const approximate = decodeGif(encodeGif([many])).frames[0]!;
  const worst = approximate.reduce((most, value, at) => Math.max(most, Math.abs(value - many.data[at]!)), 0);
  expect(worst).toBeLessThanOrEqual(43);
});

describe('text', () => {
  test('FrozenLake as Gymnasium writes it', () => {
    const env = make('FrozenLake-v1', { slippery: false });
    env.reset({ seed: 0 });
    env.step(1);
    expect(env.render!('ansi')).toBe('  (Down)\nSFFF\n\u001b[41mF\u001b[0mHFH\nFFFH\nHFFG\n');
  });

  test('CliffWalking as Gymnasium writes it', () => {
    const env = make('CliffWalking-v1');
    env.reset({ seed: 0 });
    const row = 'o  o  o  o  o  o  o  o  o  o  o  o\n';
    const cliff = '  C  C  C  C  C  C  C  C  C  C  T\n\n';
    expect(env.render!('ansi')).toBe(`${row.repeat(3)}x${cliff}`);
    env.step(0);
    expect(env.render!('ansi')).toBe(`${row.repeat(2)}x${row.slice(1)}o${cliff}`);
  });

  test.each([
    [0, [], '|\u001b[35m\u001b[34;1m\u001b[43mR\u001b[0m\u001b[0m\u001b[0m: | : :G|', '\n'],
    [57, [2], '|R: | :\u001b[42m_\u001b[0m:\u001b[35mG\u001b[0m|', '  (East)\n'],
    [479, [], '|Y| : |\u001b[35m\u001b[42mB\u001b[0m\u001b[0m: |', '\n'],
  ] as const)('Taxi in state %d as Gymnasium colours it', (state, actions, row, end) => {
    const env = make('Taxi-v4');
    env.reset({ options: { state } });
    for (const action of actions) env.step(action);
    const text = env.render!('ansi') as string;
    expect(text.split('\n')).toContain(row);
    expect(text.endsWith(`+---------+\n${end}`)).toBe(true);
  });

  test('Taxi shows walls, stands, taxi', () => {
    const env = make('Taxi-v3');
    env.reset({ options: { state: 328 } });
    const text = stripVTControlCharacters(env.render!() as string);
    expect(text).toBe('+---------+\n|R: | : :G|\n| : | : : |\n| : : : : |\n| | : | : |\n|Y| : |B: |\n+---------+\n\n');
  });

  test('classic control in half blocks', () => {
    const env = make('CartPole-v1');
    env.reset({ seed: 0 });
    const lines = (env.render!() as string).split('\n');
    expect(lines.length).toBe(20);
    expect(stripVTControlCharacters(lines[0]!)).toBe('▀'.repeat(60));
    expect(frameToAnsi(frameOf('Taxi-v3'), { columns: 10 }).split('\n').length).toBe(5);
  });

  test('values and policies on a map', () => {
    const layout = frozenLake({ map: ['SF', 'HG'] }).layout!;
    expect(valuesToText(layout, [0.123, -0.001, 0, 10])).toBe(' 0.12  0.00\n 0.00 10.00');
    expect(policyToText(layout, [[1, 2], 3, 0, 0], ['left', 'down', 'right', 'up'])).toBe('↓→  ↑\n H  G');
    const cliff = cliffWalking();
    const arrows = policyToText(cliff.layout!, new Int32Array(48).fill(1), cliff.actionNames!);
    expect(arrows.split('\n')[3]).toMatch(/^→ C C/);
    expect(() => valuesToText(layout, [1])).toThrow('Got 1; expected at least 4');
  });
});

test('frames that cannot be written', () => {
  expect(() => encodeGif([])).toThrow('Got 0 frames');
  const tiny = { width: 1, height: 1, data: new Uint8Array(3) };
  expect(() => encodeGif([tiny, { width: 3, height: 1, data: new Uint8Array(9) }])).toThrow('Got 3x1 after 1x1');
  expect(() => encodeGif([tiny], { fps: 0 })).toThrow('Got 0; expected 0 < fps <= 100');
});
