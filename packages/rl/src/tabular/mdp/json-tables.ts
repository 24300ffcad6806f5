import { checkKeys, checkLimit, checkOneOf, jsonError } from './json-errors.ts';
import type { Outcome } from './mdp.ts';

/** Largest sizes the reader accepts. */
export interface Bounds {
  readonly states: number;
  readonly actions: number;
  readonly transitions: number;
}

/** What a file says, with every name turned into a number. */
export interface Tables {
  readonly numStates: number;
  readonly numActions: number;
  readonly stateNames: readonly string[] | undefined;
  readonly actionNames: readonly string[] | undefined;
  readonly initial: Float64Array;
  /** Per state: action → outcomes. Sparse: states without actions are missing. */
  readonly rows: (Map<number, Outcome[]> | undefined)[];
}

/** States or actions: how many, and how to turn what a file writes into a number. */
class Axis {
  readonly size: number;
  readonly names: readonly string[] | undefined;
  readonly #what: string;
  readonly #numbers = new Map<string, number>();

  constructor(what: string, source: unknown, limit: number) {
    this.#what = what;
    if (Array.isArray(source)) {
      checkLimit(`${what}s`, source.length, limit);
      this.size = source.length;
      this.names = source.map((name: unknown, i) => this.#addName(name, i));
    } else {
      if (typeof source !== 'number' || !Number.isInteger(source)) {
        throw jsonError(`${what}s`, source, `a list of names or how many ${what}s there are`);
      }
      checkLimit(`${what}s`, source, limit);
      this.size = source;
      this.names = undefined;
    }
    if (this.size < 1) throw jsonError(`${what}s`, source, `at least one ${what}`);
  }

  index(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < this.size) return value;
    const known = typeof value === 'string' ? this.#numbers.get(value) : undefined;
    if (known !== undefined) return known;
    if (typeof value === 'string' && !this.names && /^\d{1,9}$/.test(value) && Number(value) < this.size) {
      return Number(value);
    }
    const names = this.names ? ` or one of ${this.names.slice(0, 8).join(', ')}` : '';
    throw jsonError(where, value, `a ${this.#what} from 0 to ${this.size - 1}${names}`);
  }

  #addName(name: unknown, i: number): string {
    if (typeof name !== 'string' || name.length > 200) {
      throw jsonError(`${this.#what} ${i}`, name, 'a name of at most 200 characters');
    }
    if (this.#numbers.has(name)) throw jsonError(`${this.#what} ${i}`, name, `a name no other ${this.#what} has`);
    this.#numbers.set(name, i);
    return name;
  }
}

/** Gathers outcomes per (state, action) and counts them against the limit. */
class Collector {
  readonly rows: (Map<number, Outcome[]> | undefined)[] = [];
  #count = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(state: number, action: number, outcome: Outcome): void {
    this.#count++;
    if (this.#count > this.#limit) checkLimit('outcomes', this.#count, this.#limit);
    const row = (this.rows[state] ??= new Map<number, Outcome[]>());
    const list = row.get(action);
    if (list) list.push(outcome);
    else row.set(action, [outcome]);
  }
}

function number(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw jsonError(where, value, 'a finite number');
}

function flag(value: unknown, where: string): boolean {
  if (value === undefined || value === false || value === 0) return false;
  if (value === true || value === 1) return true;
  throw jsonError(where, value, 'true, false, 1 or 0');
}

function entries(value: unknown, where: string): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((item: unknown, i) => [i, item]);
  if (typeof value === 'object' && value !== null) return Object.entries(value);
  throw jsonError(where, value, 'an object or a list');
}

function axesOfP(file: Record<string, unknown>, bounds: Bounds): [Axis, Axis] {
  const table = entries(file['P'], 'P');
  const isNamed = !Array.isArray(file['P']);
  checkLimit('states', table.length, bounds.states);
  const states = new Axis(
    'state',
    file['states'] ?? (isNamed ? table.map(([name]) => name) : table.length),
    bounds.states,
  );
  if (file['actions'] !== undefined) return [states, new Axis('action', file['actions'], bounds.actions)];
  const names = new Set<string>();
  let most = 0;
  for (const [state, row] of table) {
    const cells = entries(row, `P[${state}]`);
    if (Array.isArray(row)) most = Math.max(most, cells.length);
    else for (const [action] of cells) names.add(String(action));
    checkLimit('actions', Math.max(most, names.size), bounds.actions);
  }
  return [states, new Axis('action', names.size > 0 ? [...names] : Math.max(most, 1), bounds.actions)];
}

function readP(file: Record<string, unknown>, bounds: Bounds): [Axis, Axis, Collector] {
  const [states, actions] = axesOfP(file, bounds);
  const collector = new Collector(bounds.transitions);
  for (const [stateKey, row] of entries(file['P'], 'P')) {
    const state = states.index(stateKey, `state ${stateKey} of P`);
    for (const [actionKey, list] of entries(row, `P[${stateKey}]`)) {
      const where = `P[${stateKey}][${actionKey}]`;
      const action = actions.index(actionKey, where);
      if (!Array.isArray(list)) throw jsonError(where, list, 'a list of [p, nextState, reward, terminated]');
      for (const outcome of list as unknown[]) {
        if (!Array.isArray(outcome) || outcome.length < 3 || outcome.length > 4) {
          throw jsonError(where, outcome, '[p, nextState, reward] or [p, nextState, reward, terminated]');
        }
        const [p, next, reward, terminated] = outcome as unknown[];
        collector.add(state, action, [
          number(p, `${where} probability`),
          states.index(next, `${where} next state`),
          number(reward, `${where} reward`),
          flag(terminated, `${where} terminated`),
        ]);
      }
    }
  }
  return [states, actions, collector];
}

function readTransitions(file: Record<string, unknown>, bounds: Bounds): [Axis, Axis, Collector] {
  const states = new Axis('state', file['states'] ?? file['numStates'], bounds.states);
  const actions = new Axis('action', file['actions'] ?? file['numActions'], bounds.actions);
  const list = file['transitions'];
  if (!Array.isArray(list)) throw jsonError('transitions', list, 'a list of outcomes (or give P)');
  checkLimit('outcomes', list.length, bounds.transitions);
  const collector = new Collector(bounds.transitions);
  (list as unknown[]).forEach((row, i) => {
    const where = `transitions[${i}]`;
    const [s, a, p, next, reward, terminated] = fields(row, where);
    collector.add(states.index(s, `${where} state`), actions.index(a, `${where} action`), [
      number(p, `${where} probability`),
      states.index(next, `${where} next state`),
      number(reward, `${where} reward`),
      flag(terminated, `${where} terminated`),
    ]);
  });
  return [states, actions, collector];
}

const OUTCOME_KEYS = ['state', 'action', 'probability', 'p', 'nextState', 'next', 'reward', 'terminated'];

function fields(row: unknown, where: string): unknown[] {
  if (Array.isArray(row) && (row.length === 5 || row.length === 6)) return row;
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw jsonError(where, row, '[state, action, probability, nextState, reward, terminated] or an object of these');
  }
  const o = row as Record<string, unknown>;
  checkKeys(where, o, OUTCOME_KEYS);
  checkOneOf(where, o, ['probability', 'p']);
  checkOneOf(where, o, ['nextState', 'next']);
  const next = o['nextState'] ?? o['next'];
  return [o['state'], o['action'], o['probability'] ?? o['p'], next, o['reward'], o['terminated']];
}

function readInitial(source: unknown, states: Axis): Float64Array {
  const initial = new Float64Array(states.size);
  const add = (state: unknown, p: unknown): void => {
    initial[states.index(state, 'a state of initial')]! += number(p, 'a probability of initial');
  };
  if (source === undefined) add(0, 1);
  else if (typeof source === 'number' || typeof source === 'string') add(source, 1);
  else if (Array.isArray(source) && source.every((row) => Array.isArray(row) && row.length === 2)) {
    for (const [state, p] of source as unknown[][]) add(state, p);
  } else if (Array.isArray(source)) {
    if (source.length !== states.size) throw jsonError('initial', source, `${states.size} probabilities`);
    source.forEach((p: unknown, state) => add(state, p));
  } else for (const [state, p] of entries(source, 'initial')) add(state, p);
  return initial;
}

/** Reads states, actions, outcomes and initial distribution out of a parsed file. */
export function readTables(file: Record<string, unknown>, bounds: Bounds): Tables {
  const [states, actions, collector] = file['P'] === undefined ? readTransitions(file, bounds) : readP(file, bounds);
  return {
    numStates: states.size,
    numActions: actions.size,
    stateNames: states.names,
    actionNames: actions.names,
    initial: readInitial(file['initial'], states),
    rows: collector.rows,
  };
}
