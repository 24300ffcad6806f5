import type { Storage } from '@gai/core/backend';
import { expect, it } from 'vitest';
import { csvSink, jsonlSink, readLog, tensorBoardSink } from '../../src/index.ts';
import { readEvent } from '../../src/train/log/event.ts';
import { recordsOf } from '../../src/train/log/record-file.ts';

/** Files in memory; `append` writes the first half and fails while `full` is set. */
class Disk implements Storage {
  readonly files = new Map<string, Uint8Array>();
  full = false;

  async size(path: string): Promise<number | undefined> {
    return this.files.get(path)?.length;
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return Uint8Array.from(this.files.get(path)!);
  }

  async writeAtomic(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const whole: number[] = [];
    for await (const chunk of chunks) whole.push(...chunk);
    this.files.set(path, Uint8Array.from(whole));
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    const part = this.full ? bytes.subarray(0, bytes.length / 2) : bytes;
    this.files.set(path, Uint8Array.from([...(this.files.get(path) ?? []), ...part]));
    if (this.full) throw new Error('no space');
  }

  async list(): Promise<string[]> {
    return [...this.files.keys()];
  }

  async remove(path: string): Promise<void> {
    this.files.delete(path);
  }

  text(path: string): string {
    return new TextDecoder().decode(this.files.get(path));
  }
}

const KINDS = { csv: csvSink, jsonl: jsonlSink, tensorBoard: tensorBoardSink };
const PATHS = { csv: 'f', jsonl: 'f', tensorBoard: 'f/events.out.tfevents.gai' };

it.each(Object.keys(KINDS) as (keyof typeof KINDS)[])(
  '%s: a row after one that was cut off stands alone',
  async (kind) => {
    const storage = new Disk();
    const sink = KINDS[kind]('f', { storage });
    await sink.open!(0);
    await sink.log(1, { loss: 0.1 });
    storage.full = true;
    await expect(sink.log(2, { loss: 0.2 })).rejects.toThrow('no space');
    storage.full = false;
    await sink.log(3, { loss: 0.3 });
    await sink.log(4, { loss: 0.4 });
    const file = storage.files.get(PATHS[kind])!;
    const steps =
      kind === 'tensorBoard'
        ? [...recordsOf(file)].slice(1).map(({ data }) => readEvent(data)!.step)
        : [...storage.text('f').matchAll(/^(?:\{"step":)?(\d+),.*0\.\1\}?$/gm)].map(([, step]) => Number(step));
    expect(steps).toEqual([1, 3, 4]);
    // All of it is read again by a run that goes on.
    await KINDS[kind]('f', { storage }).open!(9);
    expect(storage.files.get(PATHS[kind])).toEqual(file);
  },
);

it.each(Object.keys(KINDS) as (keyof typeof KINDS)[])(
  '%s: rows that could not be found again are refused',
  async (kind) => {
    const storage = new Disk();
    const sink = KINDS[kind]('f', { storage });
    await sink.open!(0);
    await sink.log(1, { loss: 1 });
    const before = storage.text(PATHS[kind]);
    const wrong: [unknown, unknown, string][] = [
      [-1, { a: 1 }, 'the step is none. Got -1'],
      [NaN, { a: 1 }, 'the step is none. Got NaN'],
      [2 ** 60, { a: 1 }, 'the step is none'],
      [1, { step: 1 }, 'a number has no usable name. Got "step"'],
      [1, { 'a\nb': 1 }, 'a number has no usable name'],
      [1, { a: '=1+1' }, "'a' is no number. Got '=1+1'"],
      [1, { a: 1n }, "'a' is no number"],
      [1, null, 'the numbers are none. Got null'],
    ];
    for (const [step, scalars, part] of wrong) {
      const logged = async (): Promise<void> => sink.log(step as number, scalars as Record<string, number>);
      await expect(logged()).rejects.toMatchObject({
        name: 'ArgumentError',
        message: expect.stringContaining(part) as string,
      });
    }
    await expect(async () => KINDS[kind]('f', { storage }).open!(-1)).rejects.toThrow('the step is none');
    expect(storage.text(PATHS[kind])).toBe(before);
  },
);

it('csv: names of what every object has are names like others', async () => {
  const storage = new Disk();
  const sink = csvSink('f', { storage });
  await sink.open!(0);
  await sink.log(1, JSON.parse('{"__proto__":4,"constructor":5}') as Record<string, number>);
  await sink.log(2, { loss: 6 });
  expect(storage.text('f')).toBe('step,__proto__,constructor,loss\n1,4,5,\n2,,,6\n');
});

it.each(['step,name\n1,bob\n', 'step,a\n9999999999999999999999,1\n'])('csv: %j is not written over', async (text) => {
  const storage = new Disk();
  await storage.append('f', new TextEncoder().encode(text));
  await expect(async () => csvSink('f', { storage }).open!(1)).rejects.toThrow('holds something else');
  expect(storage.text('f')).toBe(text);
});

it('tensorBoard: events with other fields where texts are expected are read', () => {
  // step 3; summary { value: 5 (a number), value { tag: 7 (a number) } }
  expect(readEvent(Uint8Array.of(16, 3, 42, 6, 8, 5, 10, 2, 8, 7))).toEqual({ step: 3, version: undefined, tags: [] });
});

it.each([
  ['log.csv', csvSink],
  ['log.jsonl', jsonlSink],
] as const)('reads back what was written to %s, but for a torn row', async (path, sink) => {
  const storage = new Disk();
  const rows = [
    { step: 1, scalars: { loss: 0.5, 'a,"b"': -Infinity } },
    { step: 2, scalars: { loss: NaN } },
  ];
  const writer = sink(path, { storage });
  await writer.open?.(0);
  for (const { step, scalars } of rows) await writer.log(step, scalars);
  await storage.append(path, new TextEncoder().encode(path.endsWith('csv') ? '3,0.' : '{"step":3,'));
  expect(await readLog(path, { storage })).toEqual(rows);
});

it.each([
  ['log.txt', '', "readLog: unknown kind of log. Got 'log.txt'; expected a name that ends in .csv or .jsonl."],
  ['none.csv', undefined, "readLog: there is no log. Got 'none.csv'"],
  ['data.csv', 'x,y\n1,2\n', "readLog: 'data.csv' holds something else."],
  ['data.jsonl', '{"a":1}\n', "readLog: 'data.jsonl' holds something else."],
  ['null.jsonl', 'null\n', "readLog: 'null.jsonl' holds something else. Got line 1"],
  ['text.jsonl', '{"step":1,"a":2}\n{"step":2,"a":"two"}\n', 'Got line 2, "{\\"step\\":2,'],
  ['deep.jsonl', `{"step":1,"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}\n`, 'holds something else. Got line 1'],
  ['huge.jsonl', '{"step":1e999,"a":2}\n', 'holds something else. Got line 1'],
  ['space.csv', 'step,a\n1, \n', 'holds something else. Got "1, "'],
  ['wide.csv', 'step,a\n1,2,3\n', 'holds something else. Got "1,2,3"'],
  ['quotes.csv', `step,a\n1,${'"'.repeat(300_001)}\n`, 'holds something else. Got "1,'],
])('refuses to read %s as a log', async (path, text, message) => {
  const storage = new Disk();
  if (text !== undefined) storage.files.set(path, new TextEncoder().encode(text));
  await expect(readLog(path, { storage })).rejects.toThrow(message);
});

it('refuses a log of gigabytes before it is read', async () => {
  const storage = new Disk();
  storage.size = async () => 2 ** 33;
  await expect(readLog('log.csv', { storage })).rejects.toThrow('too large to be read at once. Got 8589934592 bytes');
});
