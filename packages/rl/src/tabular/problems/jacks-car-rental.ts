import { checkOptionNames } from '@gai/core/errors';
import { checkInteger } from '../errors.ts';
import { buildMDP } from '../mdp/build.ts';
import type { MDP, Outcome } from '../mdp/mdp.ts';

/**
 * Options of {@link jacksCarRental}.
 *
 * @category Problems
 * @since 0.1.0
 */
export interface JacksCarRentalOptions {
  /** Most cars per location. Default 20. */
  readonly capacity?: number | undefined;
  /** Most cars moved overnight. Default 5, or `capacity` if that is less. */
  readonly maxMove?: number | undefined;
  /** Exercise 4.7: one car goes from the first to the second location free, and more than 10 cars cost $4 a night. */
  readonly modified?: boolean | undefined;
}

/** What a day does to the cars of one location: `p[n · size + n']` and the expected rentals given both. */
interface Day {
  readonly p: Float64Array;
  readonly rentals: Float64Array;
}

/** `P(N = k)` for k < size − 1 and the exact tail `P(N ≥ size − 1)` last, N ~ Poisson(rate). */
function poissonWithTail(rate: number, size: number): Float64Array {
  const p = new Float64Array(size);
  let term = Math.exp(-rate);
  for (let k = 0; k < size - 1; k++) {
    p[k] = term;
    term *= rate / (k + 1);
  }
  let tail = 0;
  for (let k = size - 1; term > 0 && k < size + 1000; k++) {
    tail += term;
    term *= rate / (k + 1);
  }
  p[size - 1] = tail;
  return p;
}

function day(requestRate: number, returnRate: number, capacity: number): Day {
  const size = capacity + 1;
  const p = new Float64Array(size * size);
  const rentals = new Float64Array(size * size);
  for (let n = 0; n < size; n++) {
    poissonWithTail(requestRate, n + 1).forEach((rentP, rented) => {
      const left = n - rented;
      poissonWithTail(returnRate, capacity - left + 1).forEach((returnP, returned) => {
        const cell = n * size + left + returned;
        p[cell]! += rentP * returnP;
        rentals[cell]! += rented * rentP * returnP;
      });
    });
  }
  for (let i = 0; i < p.length; i++) if (p[i]! > 0) rentals[i]! /= p[i]!;
  return { p, rentals };
}

/**
 * Jack's car rental (Sutton & Barto, example 4.2): how many cars to move overnight between two locations.
 *
 * State `first · (capacity + 1) + second` cars at the end of a day; action `a` moves `a − maxMove` cars from the first
 * to
 * the second location (negative: back) and is offered where the cars exist. $2 per car moved, $10 per rental; requests
 * are
 * Poisson(3) and Poisson(4), returns Poisson(3) and Poisson(2), rentable the next day; cars above capacity vanish.
 * Poisson tails are exact: everything at or above the last possible count is one outcome, so no mass is lost.
 * The reward of an outcome is the expected one given the next state. Discount 0.9; episodes start with half-full
 * locations.
 *
 * @param options.modified - The costs of exercise 4.7. Default false.
 * @example
 * import { jacksCarRental } from '@gai/rl/tabular';
 * jacksCarRental({ capacity: 4 }).numStates; // => 25
 * @category Problems
 * @since 0.1.0
 */
export function jacksCarRental(options: JacksCarRentalOptions = {}): MDP {
  checkOptionNames('jacksCarRental', options, ['capacity', 'maxMove', 'modified']);
  const { capacity = 20, modified = false } = options;
  const maxMove = options.maxMove ?? Math.min(5, capacity);
  checkInteger('jacksCarRental', 'capacity', [capacity, 1, 50]);
  checkInteger('jacksCarRental', 'maxMove', [maxMove, 0, capacity]);
  const size = capacity + 1;
  const first = day(3, 3, capacity);
  const second = day(4, 2, capacity);
  const cost = (move: number, cars: readonly [number, number]): number => {
    if (!modified) return 2 * Math.abs(move);
    return 2 * (move > 0 ? move - 1 : -move) + 4 * cars.filter((n) => n > 10).length;
  };
  const outcomes = (state: number, action: number): Outcome[] => {
    const move = action - maxMove;
    const a = Math.floor(state / size);
    const b = state % size;
    if (move > a || -move > b) return [];
    const cars = [Math.min(a - move, capacity), Math.min(b + move, capacity)] as const;
    const rows: Outcome[] = [];
    for (let next = 0; next < size * size; next++) {
      const i = cars[0] * size + Math.floor(next / size);
      const j = cars[1] * size + (next % size);
      const p = first.p[i]! * second.p[j]!;
      if (p > 0) rows.push([p, next, 10 * (first.rentals[i]! + second.rentals[j]!) - cost(move, cars)]);
    }
    return rows;
  };
  return buildMDP({
    name: modified ? 'jacks-car-rental-modified' : 'jacks-car-rental',
    numStates: size * size,
    numActions: 2 * maxMove + 1,
    discount: 0.9,
    initial: Math.floor(capacity / 2) * size + Math.floor(capacity / 2),
    stateNames: Array.from({ length: size * size }, (_, s) => `${Math.floor(s / size)}+${s % size}`),
    actionNames: Array.from({ length: 2 * maxMove + 1 }, (_, a) => String(a - maxMove)),
    layout: { rows: size, columns: size, cells: '.'.repeat(size * size) },
    outcomes,
  });
}
