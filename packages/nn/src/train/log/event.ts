import { concatBytes } from '@gai/core/io';
import type { Scalars } from './log-sink.ts';

/** The kinds of fields a message here has. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** The first event of a file. */
export function versionEvent(wallTime: number): Uint8Array {
  return concatBytes([fixed64(1, wallTime), bytes(3, utf8('brain.Event:2'))]);
}

/** The numbers of a step as an event: `wall_time = 1`, `step = 2`, `summary = 5 { value = 1 { tag = 1, simple_value = 2 } }`. */
export function scalarEvent(wallTime: number, step: number, scalars: Scalars): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytes(1, concatBytes([bytes(1, utf8(tag)), fixed32(2, value)])),
  );
  return concatBytes([fixed64(1, wallTime), varint(2, step), bytes(5, concatBytes(values))]);
}

/** What is read of an event. */
export interface EventInfo {
  readonly step: number;
  readonly version: string | undefined;
  readonly tags: readonly string[];
}

/** The step and the tags of an event; undefined if the bytes are none. */
export function readEvent(data: Uint8Array): EventInfo | undefined {
  const fields = [...fieldsOf(data)];
  const summary = fields.find(({ field, value }) => field === 5 && value instanceof Uint8Array)?.value;
  const version = fields.find(({ field, value }) => field === 3 && value instanceof Uint8Array)?.value;
  const step = fields.find(({ field }) => field === 2)?.value ?? 0;
  if (typeof step !== 'number' || (summary === undefined && version === undefined)) return undefined;
  const values = messagesIn(summary);
  const tags = values.flatMap((value) => messagesIn(value, 1));
  const text = (part: unknown): string => new TextDecoder().decode(part as Uint8Array);
  return { step, version: version === undefined ? undefined : text(version), tags: tags.map(text) };
}

/** The parts of a message that are messages or texts themselves, whatever else a damaged one has. */
const messagesIn = (message: unknown, only?: number): Uint8Array[] =>
  message instanceof Uint8Array
    ? [...fieldsOf(message)].flatMap(({ field, value }) =>
        value instanceof Uint8Array && (only === undefined || field === only) ? [value] : [],
      )
    : [];

interface Field {
  readonly field: number;
  /** Of a varint the number, of text and messages the bytes, of others nothing. */
  readonly value: number | Uint8Array | undefined;
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let factor = 1; at < message.length; factor *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < message.length) {
    const key = readVarint();
    const [field, kind] = [Math.floor(key / 8), key % 8];
    if (kind === VARINT) yield { field, value: readVarint() };
    else if (kind === BYTES) {
      const length = readVarint();
      yield { field, value: message.subarray(at, at + length) };
      at += length;
    } else {
      yield { field, value: undefined };
      at += kind === FIXED64 ? 8 : 4;
    }
  }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function varintOf(value: number): Uint8Array {
  const digits: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) digits.push((rest % 128) | 128);
  return Uint8Array.of(...digits, rest);
}

const key = (field: number, kind: number): Uint8Array => varintOf(field * 8 + kind);
const varint = (field: number, value: number): Uint8Array => concatBytes([key(field, VARINT), varintOf(value)]);
const bytes = (field: number, value: Uint8Array): Uint8Array =>
  concatBytes([key(field, BYTES), varintOf(value.length), value]);

function fixed64(field: number, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return concatBytes([key(field, FIXED64), new Uint8Array(view.buffer)]);
}

function fixed32(field: number, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value, true);
  return concatBytes([key(field, FIXED32), new Uint8Array(view.buffer)]);
}
