import type { GaiError } from '@gai/core/errors';
import { counted, refusal } from '../errors.ts';
import type { MDP } from './mdp.ts';

/** How far the probabilities of a pair, of a policy row or of the start may be from summing to 1. */
export const PROBABILITY_TOLERANCE = 1e-9;

function invalid(problem: string, got: string, expected: string): GaiError {
  return refusal('DATA', {
    op: 'MDP',
    problem,
    got,
    expected,
    fix: 'Correct the transition table.',
  });
}

function checkSizes(mdp: MDP): void {
  for (const [name, value] of [
    ['numStates', mdp.numStates],
    ['numActions', mdp.numActions],
  ] as const) {
    if (!Number.isInteger(value) || value < 1 || value > 2147483646) {
      throw invalid(`${name} is not a size`, `${name} ${String(value)}`, 'an integer from 1 to 2147483646');
    }
  }
  if (!(mdp.discount >= 0 && mdp.discount <= 1)) {
    throw invalid('discount is out of range', `discount ${String(mdp.discount)}`, 'a number from 0 to 1');
  }
  const transitions = mdp.nextStates.length;
  const same = [mdp.probabilities, mdp.rewards, mdp.terminated].every((column) => column.length === transitions);
  if (!same || mdp.stateOffsets.length !== mdp.numStates + 1 || mdp.pairOffsets.length !== mdp.pairActions.length + 1) {
    throw invalid(
      'array lengths disagree',
      `${transitions} next states, ${mdp.probabilities.length} probabilities, ${mdp.rewards.length} rewards`,
      `equal lengths, ${mdp.numStates + 1} state offsets and ${mdp.pairActions.length + 1} pair offsets`,
    );
  }
  checkNames(mdp);
}

function checkNames(mdp: MDP): void {
  const lists = [
    ['stateNames', mdp.stateNames, mdp.numStates],
    ['actionNames', mdp.actionNames, mdp.numActions],
  ] as const;
  for (const [name, names, size] of lists) {
    if (names === undefined) continue;
    if (names.length !== size)
      throw invalid(`${name} has the wrong length`, counted(names.length, 'name'), counted(size, 'name'));
    if (new Set(names).size !== size) throw invalid(`${name} repeats a name`, counted(size, 'name'), 'no two alike');
  }
  const { layout } = mdp;
  if (layout && layout.rows * layout.columns !== layout.cells.length) {
    throw invalid(
      'layout has the wrong size',
      counted(layout.cells.length, 'cell'),
      `${layout.rows}·${layout.columns} cells`,
    );
  }
}

function checkOffsets(name: string, offsets: Int32Array, end: number): void {
  let previous = 0;
  for (const offset of offsets) {
    if (offset < previous) throw invalid(`${name} decreases`, `${offset} after ${previous}`, 'ascending offsets');
    previous = offset;
  }
  if (offsets[0] !== 0 || previous !== end) {
    throw invalid(`${name} does not cover the table`, `${offsets[0]} … ${previous}`, `0 … ${end}`);
  }
}

function checkPair(mdp: MDP, state: number, k: number): void {
  const where = (): string => `state ${mdp.stateName(state)}, action ${mdp.actionName(mdp.pairActions[k]!)}`;
  let sum = 0;
  for (let t = mdp.pairOffsets[k]!; t < mdp.pairOffsets[k + 1]!; t++) {
    const p = mdp.probabilities[t]!;
    if (!(p >= 0 && p <= 1 + PROBABILITY_TOLERANCE)) {
      throw invalid(`a probability is out of range at ${where()}`, String(p), 'a number from 0 to 1');
    }
    const next = mdp.nextStates[t]!;
    if (next < 0 || next >= mdp.numStates) {
      throw invalid(`no such next state at ${where()}`, String(next), `an integer from 0 to ${mdp.numStates - 1}`);
    }
    if (!Number.isFinite(mdp.rewards[t]!)) {
      throw invalid(`a reward is not finite at ${where()}`, String(mdp.rewards[t]), 'a finite number');
    }
    sum += p;
  }
  if (!(Math.abs(sum - 1) <= PROBABILITY_TOLERANCE)) {
    throw invalid(`probabilities do not sum to 1 at ${where()}`, `sum ${sum}`, `1 within ${PROBABILITY_TOLERANCE}`);
  }
}

function checkState(mdp: MDP, state: number): void {
  let previous = -1;
  for (let k = mdp.stateOffsets[state]!; k < mdp.stateOffsets[state + 1]!; k++) {
    const action = mdp.pairActions[k]!;
    if (action <= previous || action >= mdp.numActions) {
      throw invalid(
        `actions of state ${mdp.stateName(state)} are not ascending and in range`,
        `action ${action} after ${previous}`,
        `ascending integers from 0 to ${mdp.numActions - 1}`,
      );
    }
    previous = action;
    checkPair(mdp, state, k);
  }
}

/** Throws a DataError unless `mdp` is one. One pass over the table. */
export function validateMDP(mdp: MDP): void {
  checkSizes(mdp);
  checkOffsets('stateOffsets', mdp.stateOffsets, mdp.pairActions.length);
  checkOffsets('pairOffsets', mdp.pairOffsets, mdp.nextStates.length);
  for (let state = 0; state < mdp.numStates; state++) checkState(mdp, state);
  if (mdp.initial.length !== mdp.numStates) {
    throw invalid('initial has the wrong length', `${mdp.initial.length} numbers`, `${mdp.numStates} numbers`);
  }
  let sum = 0;
  for (const p of mdp.initial) {
    if (!(p >= 0)) throw invalid('an initial probability is out of range', String(p), 'a number from 0 to 1');
    sum += p;
  }
  if (!(Math.abs(sum - 1) <= PROBABILITY_TOLERANCE)) {
    throw invalid('initial is not a state or a distribution', `sum ${sum}`, `1 within ${PROBABILITY_TOLERANCE}`);
  }
}
