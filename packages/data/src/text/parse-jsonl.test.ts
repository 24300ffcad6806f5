import { describe, expect, it } from 'vitest';
import { DataError, GaiError } from '@gai/core';
import { parseJsonl } from './parse-jsonl.ts';

describe('parseJsonl', () => {
  it('makes one column per field, each of its type', () => {
    const text =
      '{"text": "a", "n": 1, "x": 0.5, "ok": true, "v": [[1, 2], [3, 4]], "tags": ["p"], "o": {"k": null}}\r\n\n' +
      '{"n": 2, "text": "b", "x": 2, "ok": false, "v": [[5, 6], [7, 8]], "tags": [], "o": null}';
    const data = parseJsonl(text);
    expect(data.size).toBe(2);
    const { n, x, ok, v, text: texts, tags, o } = data.gather() as Record<string, { dtype?: string; shape?: number[] }>;
    expect([n!.dtype, x!.dtype, ok!.dtype, v!.dtype, v!.shape]).toEqual([
      'int32',
      'float32',
      'bool',
      'float32',
      [2, 2, 2],
    ]);
    expect([texts, tags, o]).toEqual([
      ['a', 'b'],
      [['p'], []],
      [{ k: null }, null],
    ]);
  });

  it('keeps chosen fields and dtypes', () => {
    const text = '\uFEFF{"a": 1, "b": 2}\n{"a": 3, "c": 4}\n';
    const data = parseJsonl(new TextEncoder().encode(text), { fields: ['a'], dtypes: { a: 'float64' } });
    expect(data.gather()).toEqual({ a: { data: Float64Array.of(1, 3), shape: [2], dtype: 'float64' } });
  });

  it.each<[string, string | Uint8Array, object, string]>([
    ['nothing', '\n\n', {}, 'holds no values. Got 0 rows'],
    ['an empty object', '{}', {}, 'holds no values'],
    ['no JSON', '{"a": 1}\n\n{"a": }\n', {}, 'line 3 of input is not JSON. Got "{\\"a\\": }"'],
    ['a list', '[1]', {}, 'line 1 of input is not an object. Got "[1]"'],
    ['null', 'null', {}, 'is not an object'],
    [
      'a long line',
      `{"a": "${'x'.repeat(50)}"}`,
      { maxLineLength: 40 },
      'Got 59 characters in line 1; expected at most 40',
    ],
    ['deep nesting', `{"a": ${'['.repeat(1000)}${']'.repeat(1000)}}`, {}, 'nested too deep'],
    ['a field that is missing', '{"a": 1, "b": 2}\n{"a": 1}', {}, 'fields of line 2 of input differ. Got no "b"'],
    ['a field too many', '{"a": 1}\n{"a": 1, "b": 2}', {}, 'Got an extra "b"; expected a as in the first line'],
    ['a chosen field that is missing', '{"a": 1}', { fields: ['b'] }, 'Got no "b"; expected b as in fields'],
    ['a chosen field twice', '{"a": 1}', { fields: ['a', 'a'] }, 'is there twice'],
    ['a hidden name', '{"__proto__": 1}', {}, 'is reserved'],
    ['no UTF-8', Uint8Array.of(0xff), {}, 'is not UTF-8'],
  ])('refuses %s', (_, text, options, message) => {
    expect(() => parseJsonl(text, options)).toThrow(DataError);
    expect(() => parseJsonl(text, options)).toThrow(message);
    expect(() => parseJsonl(text, options)).toThrow(
      /^parseJsonl: [^\n]*\. Got [^\n]*; expected [^\n]*\. [A-Z][^\n]*\.$/,
    );
  });

  it('takes lines as wide and as deep as the limit', { timeout: 60_000 }, () => {
    const wide = `{${Array.from({ length: 60_000 }, (_, i) => `"f${i}": 1`).join(',')}}\n`;
    expect(parseJsonl(wide + wide).names.length).toBe(60_000);
    expect(() => parseJsonl(`${wide}{"a": 1}`)).toThrow('Got no "f0"');
    expect(() => parseJsonl(`{"a": ${'['.repeat(400_000)}${']'.repeat(400_000)}}`)).toThrow(DataError);
  });

  it.each<[string, string]>([
    ['mixed kinds', '{"a": 1}\n{"a": "x"}'],
    ['a null among numbers', '{"a": 1}\n{"a": null}'],
    ['ragged lists', '{"a": [1, 2]}\n{"a": [1]}'],
    ['an infinite number', '{"a": 1e400}'],
  ])('refuses %s as any data set does', (_, text) => {
    expect(() => parseJsonl(text)).toThrow(/^dataset: /);
    expect(() => parseJsonl(text)).toThrow(expect.toSatisfy(GaiError.isInstance) as never);
  });
});
