import { expect, it } from 'vitest';
import { redraws, usesColor } from './style.ts';

const terminal = { isTTY: true, write: () => undefined };
const file = { isTTY: false, write: () => undefined };

it.each([
  ['a terminal', terminal, {}, [true, true]],
  ['a file or pipe', file, {}, [false, false]],
  ['a terminal that moves no cursor', terminal, { TERM: 'dumb' }, [false, false]],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, [false, true]],
  ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, [true, true]],
  ['FORCE_COLOR in a pipe', file, { FORCE_COLOR: '1' }, [true, false]],
  ['FORCE_COLOR on a dumb terminal', terminal, { FORCE_COLOR: '1', TERM: 'dumb' }, [true, false]],
  ['FORCE_COLOR and NO_COLOR', terminal, { FORCE_COLOR: '1', NO_COLOR: '1' }, [false, true]],
])('colour and redrawing: %s', (_, output, env, expected) => {
  expect([usesColor(output, env), redraws(output, env)]).toEqual(expected);
});
