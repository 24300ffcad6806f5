import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '@gai/core';
import { parseCsv } from './parse-csv.ts';

const rowsOf = (text: string, options = {}): unknown[] => [...parseCsv(text, options).rows()];

describe('parseCsv', () => {
  it('finds the type of each column', () => {
    const text = 'a,b,c,d,e,f\n-0,1.5,3000000000,true,x,1e300\n-2, 7 ,1,FALSE,3,0\n';
    const data = parseCsv(text);
    expect(data.names.map((name) => (data.column(name) as { dtype?: string }).dtype ?? 'list')).toEqual([
      'int32',
      'float32',
      'float64',
      'bool',
      'list',
      'float64',
    ]);
    expect([...data.rows()]).toEqual([
      { a: 0, b: 1.5, c: 3e9, d: true, e: 'x', f: 1e300 },
      { a: -2, b: 7, c: 1, d: false, e: '3', f: 0 },
    ]);
  });

  it.each<[string, string, unknown[]]>([
    ['quotes, delimiters and line ends in quotes', 'a,b\r\n"x, ""y""\r\nz",1\r\n', [{ a: 'x, "y"\r\nz', b: 1 }]],
    ['no line end at the end', 'a\n1\n2', [{ a: 1 }, { a: 2 }]],
    ['blank lines', '\n\na\n\n1\n\r\n\n', [{ a: 1 }]],
    [
      'CR alone',
      'a,b\r1,2\r3,4\r',
      [
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ],
    ],
    ['a byte order mark', '\uFEFFa\n1\n', [{ a: 1 }]],
    ['an empty cell at the end of the text', 'a,b\nx,', [{ a: 'x', b: '' }]],
    ['a quoted empty cell', 'a,b\n"",x', [{ a: '', b: 'x' }]],
    ['quotes inside a plain cell', 'a,b\n5" pipe,x', [{ a: '5" pipe', b: 'x' }]],
    ['a quoted header', '"a,1","b"\n1,2', [{ 'a,1': 1, b: 2 }]],
    ['one quoted empty cell in a row', 'a\n""\nx\n', [{ a: '' }, { a: 'x' }]],
  ])('reads %s', (_, text, expected) => {
    expect(rowsOf(text)).toEqual(expected);
  });

  it('takes names, delimiters, types and bytes', () => {
    expect(rowsOf('1;x\n2;y', { header: false, delimiter: ';' })).toEqual([
      { column0: 1, column1: 'x' },
      { column0: 2, column1: 'y' },
    ]);
    expect(rowsOf('1\tx', { header: ['n', 's'], delimiter: '\t' })).toEqual([{ n: 1, s: 'x' }]);
    const data = parseCsv(new TextEncoder().encode('zip,price\n01234,1\n'), {
      dtypes: { zip: 'string', price: 'float64' },
    });
    expect(data.get(0)).toEqual({ zip: '01234', price: 1 });
    expect(data.gather()['price']).toEqual({ data: Float64Array.of(1), shape: [1], dtype: 'float64' });
  });

  it('refuses, keeps or drops missing values', () => {
    const text = 'a,b,c,d\n1,,x,true\n,2,,\n3,4.5,z,false\n';
    expect(() => parseCsv(text)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: parseCsv: column 'a' lacks a value. Got an empty cell in line 3; expected int32 in every row. Pass { missing: 'drop' } to leave such rows out, or { missing: 'nan' } to keep them.]`,
    );
    expect(rowsOf(text, { missing: 'drop' })).toEqual([{ a: 3, b: 4.5, c: 'z', d: false }]);
    const kept = parseCsv(text, { missing: 'nan' });
    expect([...kept.rows()]).toEqual([
      { a: 1, b: NaN, c: 'x', d: 1 },
      { a: NaN, b: 2, c: '', d: NaN },
      { a: 3, b: 4.5, c: 'z', d: 0 },
    ]);
    expect((kept.column('a') as { dtype?: string }).dtype).toBe('float32');
    expect(rowsOf('a\nNA\n2', { missingValues: ['NA'], missing: 'drop' })).toEqual([{ a: 2 }]);
  });

  it('goes around for any cells', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '0'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = rows.map((row) => row.map(quote).join(',')).join('\r\n');
        const dtypes = { column0: 'string', column1: 'string', column2: 'string' } as const;
        const read = [...parseCsv(text, { header: false, dtypes }).rows()].map((row) => Object.values(row));
        expect(read).toEqual(rows);
      }),
    );
  });

  it.each<[string, string | Uint8Array, object, string]>([
    ['nothing', '', {}, 'holds no rows. Got 0 rows'],
    ['only a header', 'a,b\n', {}, 'holds no rows'],
    ['only missing values', 'a,b\n1,\n', { missing: 'drop', dtypes: { b: 'int32' } }, 'holds no rows'],
    ['a short row', 'a,b\n1,2\n\n3\n', {}, 'Got 1 in line 4; expected 2 as in the first row'],
    ['a long row', 'a,b\n"x\ny",2\n3,4,5\n', {}, 'Got more than 2 in line 4; expected 2'],
    ['an open quote', 'a\n"x', {}, 'without an end in line 2; expected a closing quote'],
    ['text after a quote', 'a\n"x"y\n', {}, 'Got "y" after "\\"x\\"" in line 2'],
    ['a name twice', 'a,a\n1,2', {}, 'is there twice. Got "a" as name 1'],
    ['an empty name', 'a,\n1,2', {}, 'is empty. Got "" as name 1'],
    ['a hidden name', '__proto__\n1', {}, 'is reserved'],
    ['too many columns', 'a,b,c\n1,2,3', { maxColumns: 2 }, 'Got more than 2 in line 1; expected at most 2'],
    ['names that do not fit', '1,2', { header: ['a'] }, 'Got 1 names for 2 columns'],
    ['a type that does not fit', 'a\n1\nx', { dtypes: { a: 'int32' } }, 'Got "x" in line 3; expected int32'],
    ['a fraction as int32', 'a\n1.5', { dtypes: { a: 'int32' } }, 'Got "1.5" in line 2'],
    ['a number as bool', 'a\n1', { dtypes: { a: 'bool' } }, 'Got "1" in line 2; expected bool'],
    ['a number beyond float32', 'a\n1e300', { dtypes: { a: 'float32' } }, 'Got "1e300"'],
    ['dtypes of no column', 'a\n1', { dtypes: { b: 'int32' } }, "Got 'b'; expected one of a"],
    ['a delimiter of two', 'a\n1', { delimiter: '::' }, 'the delimiter is not one character'],
    ['a quote as delimiter', 'a\n1', { delimiter: '"' }, 'the delimiter is not one character'],
    ['no UTF-8', Uint8Array.of(0x61, 0xff), {}, 'is not UTF-8. Got 2 bytes'],
  ])('refuses %s', (_, text, options, message) => {
    expect(() => parseCsv(text, options)).toThrow(DataError);
    expect(() => parseCsv(text, options)).toThrow(message);
    expect(() => parseCsv(text, options)).toThrow(/^parseCsv: [^\n]*\. Got [^\n]*; expected [^\n]*\. [A-Z][^\n]*\.$/);
  });

  it('reads a megabyte', () => {
    const text = `a,b,c\n${'1.25,some text,"quoted, text"\n'.repeat(40_000)}`;
    expect(parseCsv(text).size).toBe(40_000);
  });
});
