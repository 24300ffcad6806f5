import { fromBinary } from '@bufbuild/protobuf';
import { AttributeProtoSchema, TensorProtoSchema, TensorShapeProtoSchema, ValueInfoProtoSchema } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { dim, dimMul } from '../dim.ts';
import { attribute, rawBytes, tensorProto, valueInfo } from './model.ts';
import { Wire } from './wire.ts';

const hex = (wire: Wire): string => Buffer.from(wire.finish()).toString('hex');

describe('Wire', () => {
  it.each<[string, Wire, string]>([
    ['nothing', new Wire(), ''],
    ['0', new Wire().int(1, 0), '0800'],
    ['127', new Wire().int(1, 127), '087f'],
    ['128', new Wire().int(1, 128), '088001'],
    ['300 in field 20', new Wire().int(20, 300), 'a001ac02'],
    ['2^32', new Wire().int(1, 2 ** 32), '088080808010'],
    ['-1', new Wire().int(1, -1), '08ffffffffffffffffff01'],
    ['-2^53 + 1', new Wire().int(1, Number.MIN_SAFE_INTEGER), '0881808080808080f0ff01'],
    ['1.5', new Wire().float(2, 1.5), '150000c03f'],
    ['text as UTF-8', new Wire().string(1, 'é'), '0a02c3a9'],
    ['ASCII', new Wire().string(1, 'add_1'), '0a056164645f31'],
    ['a letter outside ASCII behind some inside', new Wire().int(1, 1).string(1, 'xß').int(1, 2), '08010a0378c39f0802'],
    ['a sign above U+FFFF', new Wire().string(1, 'a\u{1f600}'), '0a0561f09f9880'],
    ['half a sign', new Wire().string(1, '\ud83d'), '0a03efbfbd'],
    ['a packed list', new Wire().ints(8, [1, -1, 300]), '420d01ffffffffffffffffff01ac02'],
    ['an empty list', new Wire().ints(8, []), '4200'],
    ['a message', new Wire().message(1, new Wire().int(1, 1)), '0a020801'],
  ])('writes %s', (_, wire, expected) => expect(hex(wire)).toBe(expected));

  it('nests messages larger than its buffers, and refers to large payloads without copying', () => {
    const large = new Uint8Array(40_000).map((_, index) => index % 251);
    const inner = new Wire().string(1, 'x'.repeat(700)).bytes(9, large).int(2, 7);
    const outer = new Wire().int(1, 1).message(5, inner).int(3, 3);
    expect(outer.size).toBe(outer.finish().length);
    const tensor = fromBinary(TensorProtoSchema, tensorProto('t', 'uint8', [40_000], large).finish());
    expect(Buffer.from(tensor.rawData).equals(Buffer.from(large))).toBe(true);
    expect([...outer.finish().subarray(-2)]).toEqual([24, 3]);
  });
});

describe('ONNX messages, read by another implementation', () => {
  it('writes attributes of every kind', () => {
    const read = (wire: Wire) => fromBinary(AttributeProtoSchema, wire.finish());
    expect(read(attribute('axis', -1))).toMatchObject({ name: 'axis', i: -1n, type: 2 });
    expect(read(attribute('alpha', { float: 0.25 }))).toMatchObject({ name: 'alpha', f: 0.25, type: 1 });
    expect(read(attribute('perm', [2, 0, -1]))).toMatchObject({ ints: [2n, 0n, -1n], type: 7 });
    expect(read(attribute('none', []))).toMatchObject({ ints: [], type: 7 });
    expect(Buffer.from(read(attribute('mode', 'reflect')).s).toString()).toBe('reflect');
    expect(read(attribute('body', new Wire().string(2, 'inner')))).toMatchObject({ g: { name: 'inner' }, type: 5 });
  });

  it('writes tensors with their bytes, or where they lie', () => {
    const inside = fromBinary(
      TensorProtoSchema,
      tensorProto('w', 'float32', [2, 1], rawBytes(Float32Array.of(1, -2))).finish(),
    );
    expect(inside).toMatchObject({ name: 'w', dims: [2n, 1n], dataType: 1, dataLocation: 0 });
    expect(new Float32Array(Uint8Array.from(inside.rawData).buffer)).toEqual(Float32Array.of(1, -2));
    const outside = fromBinary(
      TensorProtoSchema,
      tensorProto('w', 'int64', [], { location: 'm.data', offset: 4096, length: 8 }).finish(),
    );
    expect(outside).toMatchObject({ dims: [], dataType: 7, dataLocation: 1 });
    expect(Object.fromEntries(outside.externalData.map(({ key, value }) => [key, value]))).toEqual({
      location: 'm.data',
      offset: '4096',
      length: '8',
    });
  });

  it('writes the part of a larger memory that a typed array views', () => {
    const view = new Float32Array(Float32Array.of(0, 1, 2, 3).buffer, 4, 2);
    expect(rawBytes(view)).toEqual(new Uint8Array(Float32Array.of(1, 2).buffer));
  });

  it('writes shapes with numbers and names', () => {
    const info = fromBinary(
      ValueInfoProtoSchema,
      valueInfo('x', 'bool', [dim('batch'), 3, dimMul(dim('batch'), 2)]).finish(),
    );
    const type = info.type?.value;
    if (type?.case !== 'tensorType') expect.fail('not a tensor');
    expect(type.value.elemType).toBe(9);
    const shape = type.value.shape ?? fromBinary(TensorShapeProtoSchema, new Uint8Array());
    expect(shape.dim.map(({ value }) => value.value)).toEqual(['batch', 3n, '2*batch']);
  });
});
