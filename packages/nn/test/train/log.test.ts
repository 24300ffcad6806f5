import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { getDefaultBackend, setDefaultBackend } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accuracy,
  checkpoint,
  crossEntropy,
  csvSink,
  fit,
  jsonlSink,
  loadCheckpoint,
  logger,
  progressBar,
  tensorBoardSink,
  terminalSink,
} from '../../src/index.ts';
import type { Callback, FitContext, LogSink } from '../../src/index.ts';
import { crc32c } from '../../src/train/log/crc32c.ts';
import { readEvent, scalarEvent, versionEvent } from '../../src/train/log/event.ts';
import { recordsOf, toRecord } from '../../src/train/log/record-file.ts';
import { readFixture } from '../fixture.ts';
import { newNet, points } from './problem.ts';

let folder = '';
beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
  folder = await mkdtemp(join(tmpdir(), 'gai-log-'));
});
afterAll(() => rm(folder, { recursive: true }));

const EVENTS = 'events.out.tfevents.gai';
const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
const events = async (name: string) => {
  const found = [...recordsOf(new Uint8Array(await readFile(join(folder, name, EVENTS))))];
  return found.slice(1).map(({ data }) => readEvent(data)!);
};

/** Everything a sink has kept, as [step, names]. */
const KINDS: [string, (name: string, storage?: Storage) => LogSink, (name: string) => Promise<[number, string[]][]>][] =
  [
    [
      'jsonl',
      (name, storage) => jsonlSink(join(folder, name), { storage }),
      async (name) =>
        (await text(name))
          .trimEnd()
          .split('\n')
          .map((line) => {
            const { step, ...others } = JSON.parse(line) as Record<string, number>;
            return [step!, Object.keys(others)];
          }),
    ],
    [
      'csv',
      (name, storage) => csvSink(join(folder, name), { storage }),
      async (name) => {
        const [head, ...lines] = (await text(name))
          .trimEnd()
          .split('\n')
          .map((line) => line.split(','));
        return lines.map((cells) => [Number(cells[0]), head!.slice(1).filter((_, at) => cells[at + 1] !== '')]);
      },
    ],
    [
      'tensorBoard',
      (name, storage) => tensorBoardSink(join(folder, name), { storage }),
      async (name) => (await events(name)).map(({ step, tags }) => [step, [...tags]]),
    ],
  ];

describe.each(KINDS)('%s', (kind, make, read) => {
  it('keeps what was logged, and goes on without a row twice or one too many', async () => {
    const name = `rows-${kind}`;
    const sink = make(name);
    await sink.open!(0);
    await Promise.all([
      sink.log(1, { a: 1 }),
      sink.log(2, { a: 2 }),
      sink.log(2, { b: 1, c: NaN }),
      sink.log(3, { a: 3 }),
    ]);
    await sink.close!();
    const upTo2 = [[1, ['a']], [2, ['a']], [2, ['b', 'c']]]; // prettier-ignore
    expect(await read(name)).toEqual([...upTo2, [3, ['a']]]);
    const again = make(name);
    await again.open!(2);
    expect(await read(name)).toEqual(upTo2);
    await again.log(2, { b: 5, c: 6 });
    await again.log(3, { a: 7 });
    expect(await read(name)).toEqual([...upTo2, [3, ['a']]]);
    const anew = make(name);
    await anew.log(9, { z: 0 });
    expect(await read(name)).toEqual([[9, ['z']]]);
  });

  it('takes out what a kill has torn', async () => {
    const name = `torn-${kind}`;
    const sink = make(name);
    await sink.open!(0);
    await sink.log(1, { a: 1 });
    await sink.log(2, { a: 2 });
    const path = kind === 'tensorBoard' ? join(folder, name, EVENTS) : join(folder, name);
    await truncate(path, (await readFile(path)).length - 1);
    const again = make(name);
    await again.open!(5);
    expect(await read(name)).toEqual([[1, ['a']]]);
    await again.log(6, { a: 6 });
    expect(await read(name)).toEqual([[1, ['a']], [6, ['a']]]); // prettier-ignore
  });

  it('works where a storage cannot append', async () => {
    const { size, read: readFrom, writeAtomic, list, remove } = getDefaultBackend().storage!;
    const name = `whole-${kind}`;
    const sink = make(name, { size, read: readFrom, writeAtomic, list, remove });
    for (const step of [1, 2]) await sink.log(step, { a: step });
    expect(await read(name)).toEqual([[1, ['a']], [2, ['a']]]); // prettier-ignore
  });

  it('does not write over a file of another kind', async () => {
    const name = `foreign-${kind}`;
    const sink = make(name);
    const path = kind === 'tensorBoard' ? join(folder, name, EVENTS) : join(folder, name);
    if (kind === 'tensorBoard') await sink.log(1, { a: 1 });
    const content = `dear diary,\n${'today '.repeat(20)}\n`;
    await writeFile(path, content);
    await expect(make(name).open!(0)).rejects.toThrow('holds something else');
    expect(await readFile(path, 'utf8')).toBe(content);
  });

  it('of a run that was cut and resumed is that of the whole run', async () => {
    const stopAt = (step: number): Callback => ({
      name: 'stop',
      onStepEnd: (context: FitContext) => void (context.step === step && context.stop('cut')),
    });
    const run = async (name: string, callbacks: Callback[], from?: string) => {
      const resume = from === undefined ? undefined : await loadCheckpoint(join(folder, from, 'last.safetensors'));
      const callback = logger([make(name)], { everySteps: 2 });
      const options = { train: points(), loss: crossEntropy, epochs: 3, batchSize: 16, resume };
      await fit(newNet(), { ...options, callbacks: [callback, ...callbacks] });
    };
    await run(`fit-${kind}`, []);
    const whole = await read(`fit-${kind}`);
    expect(whole.map(([step]) => step)).toEqual([2, 4, 5, 6, 8, 10, 10, 12, 14, 15]);
    for (const [saved, died] of [
      [5, 9],
      [10, 13],
      [4, 11],
    ] as const) {
      // prettier-ignore
      const name = `cut-${kind}-${saved}`;
      await run(name, [stopAt(saved), checkpoint(join(folder, `state-${kind}-${saved}`))]);
      await run(name, [stopAt(died)], `state-${kind}-${saved}`);
      await run(name, [], `state-${kind}-${saved}`);
      expect(await read(name)).toEqual(whole);
    }
  }, 60_000);
});

describe('files', () => {
  it('a table has a column for each name, also a late one, and quotes it', async () => {
    const sink = csvSink(join(folder, 'table.csv'));
    await sink.log(1, { 'a,"b"': 0.5 });
    await sink.log(2, { c: NaN, 'a,"b"': -1e-7 });
    expect(await text('table.csv')).toBe('step,"a,""b""",c\n1,0.5,\n2,-1e-7,NaN\n');
  });

  it('JSON has no NaN', async () => {
    const sink = jsonlSink(join(folder, 'numbers.jsonl'));
    await sink.log(1, { a: NaN, b: -Infinity, c: 0.1 });
    expect(await text('numbers.jsonl')).toBe('{"step":1,"a":null,"b":"-Infinity","c":0.1}\n');
  });

  it("events are, byte for byte, TensorBoard's own", () => {
    const { hex } = readFixture<{ hex: string }>('tensorboard.json');
    const ours = [
      versionEvent(1_700_000_000),
      scalarEvent(1_700_000_000.5, 0, { loss: 2.5 }),
      scalarEvent(1_700_000_001.25, 300, { loss: 0.1, 'step/loss': Infinity }),
      scalarEvent(1_700_000_002, 2 ** 40 + 7, { größe: -3e-20 }),
    ];
    // A field of value 0 is left out there and written here; both say the same.
    const theirs = [...recordsOf(Buffer.from(hex, 'hex'))];
    for (const at of [0, 2, 3]) expect(Buffer.from(toRecord(ours[at]!)).equals(theirs[at]!.record)).toBe(true);
    expect(theirs.map(({ data }) => readEvent(data))).toEqual(ours.map((event) => readEvent(event)));
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe306_9283);
  });

  it('damage ends what is read', () => {
    const two = Buffer.concat([toRecord(Uint8Array.of(1, 2, 3)), toRecord(Uint8Array.of(4))]);
    for (let at = 0; at < two.length; at++) {
      const bytes = two.with(at, two[at]! ^ 1);
      expect([...recordsOf(bytes)].length).toBe(at < 19 ? 0 : 1);
    }
    for (let length = 0; length < two.length; length++) {
      expect([...recordsOf(two.subarray(0, length))].length).toBe(length < 19 ? 0 : 1);
    }
  });
});

it('a terminal has a line for each row', async () => {
  let written = '';
  const sink = terminalSink({ write: (part) => (written += part) });
  await fit(newNet(), { train: points(), loss: crossEntropy, callbacks: [logger([sink], { everySteps: 2 })] });
  expect(written).toMatch(
    /^step 2 {2}step\/loss \S+ {2}step\/seconds \S+\nstep 3 {2}epoch 1 {2}loss \S+ {2}gradientNorm \S+ {2}seconds \S+\n$/,
  );
  expect(() => logger([], { everySteps: 0 })).toThrow('logger: everySteps is not a count. Got 0');
});

it('the progress bar tells the time left of the whole run, and the metrics of each epoch', async () => {
  let drawn = '';
  const stream = { isTTY: true, columns: 100, write: (part: string) => (drawn += part) };
  let clock = 0;
  const now = performance.now.bind(performance);
  performance.now = () => (clock += 1000);
  await fit(newNet(), {
    train: points(),
    validation: points(30),
    metrics: [accuracy()],
    trainMetrics: [accuracy()],
    loss: crossEntropy,
    batchSize: 16,
    epochs: 40,
    stepsPerRun: 1,
    callbacks: [progressBar({ stream, interval: 0 })],
  }).finally(() => (performance.now = now));
  expect(drawn).toMatch(/epoch 1\/40 ██████████░+ 2\/5 {2}loss \S+ {2}eta \d+m\d\ds/);
  expect(drawn).toMatch(/epoch 40\/40 █+░+ 4\/5 {2}loss \S+ {2}eta \ds/);
  expect(drawn).toMatch(/epoch 1\/40 {2}loss \S+ .* trainAccuracy \S+ {2}validationLoss \S+ {2}accuracy \S+\n/);
});
