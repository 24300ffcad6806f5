import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  BackendError,
  DTypeError,
  DataError,
  GaiError,
  GraphError,
  ShapeError,
  StateError,
  internalError,
} from './errors.ts';

describe('GaiError', () => {
  it.each([
    [ShapeError, 'SHAPE'],
    [DTypeError, 'DTYPE'],
    [GraphError, 'GRAPH'],
    [BackendError, 'BACKEND'],
    [DataError, 'DATA'],
    [ArgumentError, 'ARGUMENT'],
    [StateError, 'STATE'],
  ])('%o carries its code, its name and what it was given', (Class, code) => {
    const cause = new TypeError('below');
    const error = new Class('matmul: no.', { op: 'matmul', details: { a: [2, 3] }, cause });
    expect(error).toBeInstanceOf(GaiError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: Class.name,
      code,
      op: 'matmul',
      details: { a: [2, 3] },
      message: 'matmul: no.',
    });
    expect(error.cause).toBe(cause);
  });

  it('has neither cause, op nor details where none were given', () => {
    const error = new ShapeError('x: no.');
    expect('cause' in error).toBe(false);
    expect(error.op).toBeUndefined();
    expect(error.details).toEqual({});
  });

  it('is known across copies of the library by a mark, not by its class', () => {
    const foreign = Object.assign(new Error('from another copy'), { [Symbol.for('@gai/error')]: true });
    expect(GaiError.isInstance(foreign)).toBe(true);
    expect(GaiError.isInstance(new DataError('x'))).toBe(true);
    for (const value of [new Error('x'), null, undefined, 'text', 3, {}])
      expect(GaiError.isInstance(value)).toBe(false);
  });

  it('shows what would move a cursor as a code', () => {
    const { message } = new DataError('f: Got \u001b[2J\u009b\u202e\r\u0000;\nexpected é 日本 😀.');
    expect(message).toBe(String.raw`f: Got \u001b[2J\u009b\u202e\u000d\u0000;` + '\nexpected é 日本 😀.');
  });

  it('asks for an issue where the library itself is at fault', () => {
    expect(internalError('a node has no value.', { node: 3 })).toMatchObject({
      code: 'INTERNAL',
      message: 'internal: a node has no value. Please open an issue with the code that led here.',
      details: { node: 3 },
    });
  });
});
