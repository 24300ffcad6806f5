import { describe, expect, it } from 'vitest';
import { dim, einsum, tensor } from '@gai/core';
import { wrapRuntimeError } from '@gai/core/backend';
import { concatBytes, readSafetensors } from '@gai/core/io';
import { checkLinear } from '@gai/core/testing';

const encoder = new TextEncoder();

/** A file of a header alone. */
function file(header: string): Uint8Array {
  const bytes = encoder.encode(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(bytes.length), true);
  return concatBytes([length, bytes]);
}

const EMPTY = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}';
const repeated = (size: number, item: (index: number) => string): string =>
  Array.from({ length: size }, (_, i) => item(i)).join();

const HEADERS: Readonly<Record<string, (size: number) => string>> = {
  'many empty tensors': (size) => `{${repeated(size, (i) => `"t${i}":${EMPTY}`)}}`,
  'numbers as names': (size) => `{${repeated(size, (i) => `"${i}":${EMPTY}`)}}`,
  'one name many times': (size) => `{${repeated(size, () => `"t":${EMPTY}`)}}`,
  'a long name': (size) => `{"${'n'.repeat(size)}":${EMPTY}}`,
  'a long shape': (size) => `{"t":{"dtype":"F32","shape":[${repeated(size, () => '1')}],"data_offsets":[0,4]}}`,
  'much metadata': (size) => `{"__metadata__":{${repeated(size, (i) => `"k${i}":"v"`)}}}`,
  'an unknown dtype': (size) => `{"t":{"dtype":"${'F'.repeat(size)}","shape":[0],"data_offsets":[0,0]}}`,
  nesting: (size) => `{"t":${'['.repeat(size)}${']'.repeat(size)}}`,
  spaces: (size) => `{${' '.repeat(size)}}`,
  backslashes: (size) => `{"${'\\\\'.repeat(size)}":${EMPTY}}`,
};

describe('readers take time in proportion to their input', { timeout: 300_000 }, () => {
  it.each(Object.entries(HEADERS))('safetensors: %s', async (_, header) => {
    const work = (size: number): (() => unknown) => {
      const bytes = file(header(size));
      return () => readSafetensors(bytes);
    };
    expect(await checkLinear(work)).toBeUndefined();
  });

  it.each<[string, (size: number) => string]>([
    ['a path', (size) => '/a'.repeat(size)],
    ['spaces', (size) => ' '.repeat(size)],
    ['line ends', (size) => ' \n'.repeat(size)],
    ['a quote', (size) => `node. Name:'${'n'.repeat(size)}`],
    ['brackets', (size) => 'Node ('.repeat(size)],
  ])('what the runtime says: %s', async (_, text) => {
    const work = (size: number): (() => unknown) => {
      const cause = new Error(`x${text(size)}x`);
      return () => wrapRuntimeError(cause, 'run');
    };
    expect(await checkLinear(work)).toBeUndefined();
  });

  it('equations and sizes', async () => {
    const x = tensor([1]);
    expect(await checkLinear((size) => () => einsum(`${'a'.repeat(size)}->a`, x))).toBeUndefined();
    expect(await checkLinear((size) => () => einsum(`a->${'a'.repeat(size)}`, x))).toBeUndefined();
    expect(await checkLinear((size) => () => einsum(`${' '.repeat(size)}a->a`, x))).toBeUndefined();
    expect(await checkLinear((size) => () => dim(`${'+1'.repeat(size)}`))).toBeUndefined();
    expect(await checkLinear((size) => () => dim(`${'n'.repeat(size)}-`))).toBeUndefined();
  });
});
