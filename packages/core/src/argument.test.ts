import { expect, it } from 'vitest';
import { checkArgument, checkOptionNames } from './argument.ts';

const EVIL = 'a\u001b[2J\n\u009b\u202e';

it.each<[what: string, call: () => void, got: string]>([
  [
    'a name of an option',
    () => checkOptionNames('sum', { [EVIL]: 0 }, ['axis']),
    String.raw`Got 'a\u001b[2J\u000a\u009b\u202e'`,
  ],
  ['a long name', () => checkOptionNames('sum', { ['x'.repeat(1e5)]: 0 }, ['axis']), `Got '${'x'.repeat(80)}…'`],
  ['a text', () => argument(EVIL), String.raw`Got 'a\u001b[2J\u000a\u009b\u202e'`],
  ['a long text', () => argument('x'.repeat(1e5)), `Got '${'x'.repeat(40)}…'`],
  ['a text in a list', () => argument([EVIL]), String.raw`Got [a\u001b[2J\u000a\u009b\u202e]`],
  ['a long list', () => argument(Array.from({ length: 1e5 }, () => 1)), `1,1,…]`],
  ['a list of symbols', () => argument([Symbol('s')]), 'Got [Symbol(s)]'],
])('an error is one short line, whatever it is about: %s', (_, call, got) => {
  expect(call).toThrow(got);
  try {
    call();
  } catch (error) {
    const { message } = error as Error;
    expect(message).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(message.length).toBeLessThan(400);
  }
});

const argument = (value: unknown): void => checkArgument(false, value, { op: 'sum', name: 'axis', rule: 'a number' });
