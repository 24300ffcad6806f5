import { expect, it } from 'vitest';
import { readRuntimeTrace } from './runtime-trace.ts';

const event = (name: string, ts: number, dur: number, args: object = {}): object => ({ name, ts, dur, ph: 'X', args });

it('reads runs and the kernels in them, in the order in which they began', () => {
  const args = {
    op_name: 'Add',
    output_size: '16',
    input_type_shape: [{ float: [4] }],
    output_type_shape: [{ bool: [4] }],
  };
  const text = JSON.stringify([
    event('session_initialization', 0, 100),
    event('b_kernel_time', 1030, 10, args),
    event('a_kernel_time', 1010, 20, args),
    event('model_run', 1000, 50),
    event('a_kernel_time', 2005, 30, args),
    event('model_run', 2000, 40),
  ]);
  expect(readRuntimeTrace(text)).toEqual({
    runs: [0.05, 0.04],
    kernels: [
      { node: 'a', opType: 'Add', run: 0, start: 0.01, duration: 0.02, bytes: 16, shapes: '[4] → bool[4]' },
      { node: 'b', opType: 'Add', run: 0, start: 0.03, duration: 0.01, bytes: 16, shapes: '[4] → bool[4]' },
      { node: 'a', opType: 'Add', run: 1, start: 0.005, duration: 0.03, bytes: 16, shapes: '[4] → bool[4]' },
    ],
  });
});

it('refuses what is no trace', () => {
  expect(() => readRuntimeTrace('')).toThrowErrorMatchingInlineSnapshot(
    `[BackendError: profile: the runtime's trace cannot be read. Got nothing; expected a list of events. Report it with the graph.]`,
  );
});
