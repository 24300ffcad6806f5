import { argumentError, show } from '../errors.ts';
import { Box } from '../spaces/box.ts';
import type { BoxDType } from '../spaces/box.ts';
import { Dict } from '../spaces/dict.ts';
import { MultiBinary } from '../spaces/multi-binary.ts';
import { MultiDiscrete } from '../spaces/multi-discrete.ts';
import type { Space } from '../spaces/space.ts';
import { Tuple } from '../spaces/tuple.ts';

/** A space, a value or an info as JSON has it; numbers that JSON lacks are the texts `nan`, `inf` and `-inf`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A number, or the text of one that JSON lacks. */
function numberToJson(value: number): Json {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

const NUMBERS: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };

function numberFromJson(value: unknown): unknown {
  return typeof value === 'string' ? (NUMBERS[value] ?? value) : value;
}

const listToJson = (values: ArrayLike<number>): Json[] => Array.from(values, numberToJson);

/** Bounds, as one number where they are all alike. */
function boundsToJson(bounds: ArrayLike<number>): Json {
  const list = listToJson(bounds);
  return list.length > 0 && list.every((bound) => bound === list[0]) ? list[0]! : list;
}

/** What a client needs to make the same space. */
export function spaceToJson(space: Space): Json {
  const { kind } = space;
  if (space instanceof Box) {
    const { low, high, shape, dtype } = space as Box<BoxDType>;
    return { kind, low: boundsToJson(low), high: boundsToJson(high), shape: [...shape], dtype };
  }
  if (space instanceof Dict) {
    const parts = space.spaces as unknown as Readonly<Record<string, Space>>;
    return { kind, spaces: Object.fromEntries(space.keys.map((key) => [key, spaceToJson(parts[key]!)])) };
  }
  if (space instanceof Tuple) return { kind, spaces: (space.spaces as unknown as readonly Space[]).map(spaceToJson) };
  const names = FIELDS[kind];
  if (names === undefined) {
    throw argumentError(
      'serveEnv',
      `this space cannot be described. Got ${space.toString()}; expected ${Object.keys(FIELDS).join(', ')}, Box, Dict or Tuple. ` +
        'Wrap the env so that it has such spaces.',
    );
  }
  return {
    kind,
    ...Object.fromEntries(names.map((name) => [name, (space as unknown as Record<string, Json>)[name]!])),
  };
}

/** What else describes each kind. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Discrete: ['n', 'start'],
  MultiDiscrete: ['nvec'],
  MultiBinary: ['shape'],
  Text: ['minLength', 'maxLength', 'characters'],
};

/** An element of a space: arrays as flat lists, row by row. */
export function valueToJson(space: Space, value: unknown): Json {
  if (space instanceof Dict) {
    const parts = space.spaces as unknown as Readonly<Record<string, Space>>;
    const record = value as Readonly<Record<string, unknown>>;
    return Object.fromEntries(space.keys.map((key) => [key, valueToJson(parts[key]!, record[key])]));
  }
  if (space instanceof Tuple) {
    const parts = space.spaces as unknown as readonly Space[];
    return parts.map((part, index) => valueToJson(part, (value as readonly unknown[])[index]));
  }
  return typeof value === 'object' ? listToJson(value as ArrayLike<number>) : (value as Json);
}

/** The inverse of {@link valueToJson}; throws for what is no element. */
export function valueFromJson(space: Space, json: unknown): unknown {
  const value = partsFromJson(space, json);
  if (space.contains(value)) return value;
  throw argumentError(
    'step',
    `not an action. Got ${show(json)}; expected an element of ${space.toString()}. Send one.`,
  );
}

function partsFromJson(space: Space, json: unknown): unknown {
  if (space instanceof Dict && typeof json === 'object' && json !== null && !Array.isArray(json)) {
    const parts = space.spaces as unknown as Readonly<Record<string, Space>>;
    const own = (key: string): Space | undefined => (Object.hasOwn(parts, key) ? parts[key] : undefined);
    return Object.fromEntries(
      Object.entries(json).map(([key, one]) => [key, own(key) === undefined ? one : partsFromJson(own(key)!, one)]),
    );
  }
  if (space instanceof Tuple && Array.isArray(json)) {
    const parts = space.spaces as unknown as readonly Space[];
    return json.map((one, index) => (parts[index] === undefined ? (one as unknown) : partsFromJson(parts[index], one)));
  }
  if (!Array.isArray(json)) return json;
  const numbers = json.map(numberFromJson);
  if (space instanceof MultiDiscrete) return integers(numbers, Int32Array);
  if (space instanceof MultiBinary) return integers(numbers, Int8Array);
  if (
    !(space instanceof Box) ||
    !numbers.every((one) => typeof one === 'number') ||
    numbers.length !== space.flatSize
  ) {
    return numbers;
  }
  // What the dtype cannot hold would wrap without a word.
  return space.contains(numbers) ? space.unflatten(numbers as number[]) : numbers;
}

/** A typed array of what it holds exactly, else the list, which no space contains. */
function integers(numbers: readonly unknown[], kind: Int32ArrayConstructor | Int8ArrayConstructor): unknown {
  const array = kind.from(numbers as number[]);
  return numbers.every((one, index) => one === array[index]) ? array : numbers;
}

/** Diagnostics as far as JSON has them: typed arrays as lists, functions and symbols left out. */
export function infoToJson(info: unknown, depth = 0): Json {
  if (typeof info === 'number') return numberToJson(info);
  if (typeof info === 'bigint') return String(info);
  if (info === null || typeof info === 'string' || typeof info === 'boolean') return info;
  if (typeof info !== 'object' || depth > 8) return null;
  if (ArrayBuffer.isView(info))
    return info instanceof DataView ? null : Array.from(info as never, (one) => infoToJson(one));
  if (Array.isArray(info)) return info.map((one) => infoToJson(one, depth + 1));
  const entries = Object.entries(info).filter(([, one]) => !['function', 'symbol', 'undefined'].includes(typeof one));
  return Object.fromEntries(entries.map(([key, one]) => [key, infoToJson(one, depth + 1)]));
}
