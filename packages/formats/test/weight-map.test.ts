import { DataError } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { weightMap } from '../src/index.ts';

const OPTIONS = { op: 'load', path: 'folder/model.safetensors.index.json', endings: ['safetensors', 'bin'] };

describe('weightMap', () => {
  it('says which file has each tensor, in the order of the index', () => {
    const files = { b: 'model-00002-of-00002.safetensors', a: 'pytorch_model.bin', ['__proto__']: 'x.bin' };
    const index = JSON.parse(`{"metadata":{},"weight_map":${JSON.stringify(files)}}`) as unknown;
    expect([...weightMap(index, OPTIONS)]).toEqual(Object.entries(files));
  });

  it.each([undefined, null, 7, 'text', [], {}, { weight_map: null }, { weight_map: ['x.bin'] }, { weight_map: 'x' }])(
    'refuses what is no index: %j',
    (index) => {
      expect(() => weightMap(index, OPTIONS)).toThrow(DataError);
      expect(() => weightMap(index, OPTIONS)).toThrow(
        "load: the index does not fit. Got no weight_map in 'folder/model.safetensors.index.json'; expected an object with one.",
      );
    },
  );

  it.each([
    '../x.bin',
    '/x.bin',
    'C:\\x.bin',
    'sub/x.bin',
    '.x.bin',
    '..',
    '',
    'x.pt',
    'x.bin\n',
    'bin',
    'xbin',
    7,
    null,
  ])('refuses a file that does not stand beside it: %j', (file) => {
    const read = (): unknown => weightMap({ weight_map: { tensor: file } }, OPTIONS);
    expect(read).toThrow(`Got the file ${JSON.stringify(file)} for "tensor" in`);
    expect(read).toThrow('expected the plain name of a .safetensors or .bin file beside it.');
  });

  it('takes the endings it is told alone', () => {
    const index = { weight_map: { tensor: 'x.bin' } };
    expect(() => weightMap(index, { ...OPTIONS, endings: ['safetensors'] })).toThrow(
      'the plain name of a .safetensors file',
    );
  });
});
