import { describe, expect, it } from 'vitest';
import {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  linearSchedule,
  piecewiseSchedule,
  polynomialSchedule,
  scheduleValue,
  stepSchedule,
  warmup,
} from './schedules.ts';

describe('schedules', () => {
  it('reads numbers and functions', () => {
    expect(scheduleValue(0.5, 9)).toBe(0.5);
    expect(scheduleValue(constantSchedule(3), 9)).toBe(3);
  });

  it('goes in a line and stays', () => {
    const schedule = linearSchedule({ initial: 2, final: 1, steps: 4 });
    expect([0, 1, 2, 3, 4, 5].map(schedule)).toEqual([2, 1.75, 1.5, 1.25, 1, 1]);
  });

  it('raises the distance to a power', () => {
    const schedule = polynomialSchedule({ initial: 3, final: 1, steps: 2, power: 3 });
    expect([0, 1, 2].map(schedule)).toEqual([3, 1.25, 1]);
  });

  it('follows a cosine between warm-up and end', () => {
    const schedule = cosineSchedule({ initial: 1, final: 0.2, steps: 103, warmupSteps: 3 });
    expect([0, 1, 2].map(schedule)).toEqual([0.25, 0.5, 0.75]);
    expect(schedule(3)).toBe(1);
    expect(schedule(28)).toBeCloseTo(0.2 + (0.8 * (1 + Math.SQRT1_2)) / 2, 12);
    expect(schedule(53)).toBeCloseTo(0.6, 12);
    expect(schedule(103)).toBeCloseTo(0.2, 12);
    expect(schedule(5000)).toBeCloseTo(0.2, 12);
  });

  it('never falls before the end of a warm-up nor rises after it', () => {
    const values = Array.from({ length: 60 }, (_, step) =>
      cosineSchedule({ initial: 1, steps: 50, warmupSteps: 10 })(step),
    );
    values.slice(1).forEach((value, index) => {
      if (index < 10) expect(value).toBeGreaterThan(values[index]!);
      else expect(value).toBeLessThanOrEqual(values[index]!);
    });
  });

  it('warms up to a schedule that then starts at its own step 0', () => {
    const schedule = warmup({ steps: 1, schedule: exponentialSchedule({ initial: 4, gamma: 0.5 }) });
    expect([0, 1, 2, 3].map(schedule)).toEqual([2, 4, 2, 1]);
  });

  it('decays in steps', () => {
    expect([0, 1, 2, 4].map(stepSchedule({ initial: 1, stepSize: 2 }))).toEqual([1, 1, 0.1, 0.1 ** 2]);
  });

  it('is constant between boundaries', () => {
    const schedule = piecewiseSchedule({ boundaries: [2, 5], values: [3, 2, 1] });
    expect([0, 1, 2, 4, 5, 9].map(schedule)).toEqual([3, 3, 2, 2, 1, 1]);
  });

  it.each<[string, () => unknown]>([
    ['linearSchedule steps', () => linearSchedule({ initial: 1, final: 0, steps: 0 })],
    ['warm-up longer than all', () => cosineSchedule({ initial: 1, steps: 5, warmupSteps: 5 })],
    ['a value that is not a number', () => exponentialSchedule({ initial: Number.NaN, gamma: 0.5 })],
    ['boundaries that fall', () => piecewiseSchedule({ boundaries: [5, 2], values: [1, 2, 3] })],
    ['power of zero', () => polynomialSchedule({ initial: 1, final: 0, steps: 3, power: 0 })],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(/Got .*; expected/);
  });

  it('names the number that is expected', () => {
    expect(() => cosineSchedule({ initial: 1, steps: 5, warmupSteps: 5 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: cosineSchedule: steps is out of range. Got 5; expected a whole number of at least 6.]`,
    );
  });
});
