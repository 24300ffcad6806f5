import { buildMDP } from './build.ts';
import type { MDP, MDPLayout, Outcome } from './mdp.ts';
import { checkKeys, checkLimit, checkOneOf, jsonError } from './json-errors.ts';
import { readTables } from './json-tables.ts';

/**
 * Limits of {@link mdpFromJSON}, which may be fed a stranger's file.
 *
 * @category MDP
 * @since 0.1.0
 */
export interface MDPJSONLimits {
  /** Most states. Default 2,000,000. */
  readonly maxStates?: number;
  /** Most actions per state. Default 10,000. */
  readonly maxActions?: number;
  /** Most outcomes. Default 20,000,000. */
  readonly maxTransitions?: number;
}

/**
 * What {@link mdpToJSON} writes and {@link mdpFromJSON} reads back exactly.
 *
 * @category MDP
 * @since 0.1.0
 */
export interface MDPJSON {
  readonly format: 'gai-mdp';
  readonly version: 1;
  readonly name?: string;
  readonly discount: number;
  /** Names, or how many. */
  readonly states: number | readonly string[];
  /** Names, or how many. */
  readonly actions: number | readonly string[];
  /** `[[state, probability], …]`, zeros left out. */
  readonly initial: readonly (readonly [number, number])[];
  /** `[state, action, probability, nextState, reward, terminated (0 or 1)]` per outcome. */
  readonly transitions: readonly (readonly [number, number, number, number, number, number])[];
  readonly layout?: MDPLayout;
}

function parse(source: unknown): Record<string, unknown> {
  let value = source;
  if (typeof source === 'string') {
    try {
      value = JSON.parse(source);
    } catch (cause) {
      throw jsonError('the text', cause instanceof Error ? cause.message : source, 'JSON');
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw jsonError('the MDP', value, 'an object');
  return value as Record<string, unknown>;
}

/** Keys of every form, then those of the two ways to write the outcomes. `note` is for people. */
const KEYS = ['name', 'note', 'discount', 'gamma', 'states', 'actions', 'initial', 'layout', 'format', 'version'];
const TABLE_KEYS = [...KEYS, 'P'];
const LIST_KEYS = [...KEYS, 'transitions', 'numStates', 'numActions'];
const ALL_KEYS = [...LIST_KEYS, 'P'];

/** Refuses what would be passed over: unknown keys, two spellings of one thing, another format. */
function checkFile(file: Record<string, unknown>): void {
  for (const names of [
    ['discount', 'gamma'],
    ['states', 'numStates'],
    ['actions', 'numActions'],
    ['P', 'transitions'],
  ] as const) {
    checkOneOf('the MDP', file, names);
  }
  checkKeys('the MDP', file, 'P' in file ? TABLE_KEYS : 'transitions' in file ? LIST_KEYS : ALL_KEYS);
  const { format, version } = file;
  if (format !== undefined && format !== 'gai-mdp') throw jsonError('format', format, "'gai-mdp' or nothing");
  if (version !== undefined && version !== 1) throw jsonError('version', version, '1');
}

function readDiscount(file: Record<string, unknown>): number {
  const discount = file['discount'] ?? file['gamma'] ?? 1;
  if (typeof discount !== 'number') throw jsonError('discount', discount, 'a number from 0 to 1');
  return discount;
}

function readName(file: Record<string, unknown>): string | undefined {
  const name = file['name'];
  if (name === undefined) return undefined;
  if (typeof name !== 'string' || name.length > 200) throw jsonError('name', name, 'text of at most 200 characters');
  return name;
}

function readLayout(file: Record<string, unknown>): MDPLayout | undefined {
  const layout = file['layout'];
  if (layout === undefined) return undefined;
  if (typeof layout !== 'object' || layout === null) throw jsonError('layout', layout, '{ rows, columns, cells }');
  checkKeys('layout', layout, ['rows', 'columns', 'cells']);
  const { rows, columns, cells } = layout as Record<string, unknown>;
  if (typeof rows !== 'number' || typeof columns !== 'number' || typeof cells !== 'string') {
    throw jsonError('layout', layout, '{ rows, columns, cells }');
  }
  return { rows, columns, cells };
}

/** Every pair is visited once while the tables are built, also where a file says nothing of it. */
const MAX_PAIRS = 50_000_000;

/**
 * Reads an MDP from JSON text or a parsed value, in any of three forms.
 *
 * 1. `{ states, actions, discount, initial, transitions }` with one row `[s, a, p, s', r, terminated]` or one object
 *    `{ state, action, probability, nextState, reward, terminated }` per outcome: what {@link mdpToJSON} writes.
 * 2. `{ gamma, P: { Hotel: { lift: [[0.9, "Area1", -1], …] } } }`: names, outcomes `[p, s', r, terminated?]`.
 * 3. `{ gamma, P: [[[[p, s', r, terminated], …], …], …] }`: Gymnasium's `P[s][a]`.
 *
 * States and actions may be named everywhere in place of their numbers. `initial` is a state, a list of probabilities,
 * `[[state, probability], …]` or `{ state: probability }`; default the first state. The input is treated as hostile:
 * sizes are bounded before anything is allocated, every number is checked, and a key nobody looks at is refused.
 *
 * @param source - JSON text, or the value it stands for.
 * @param limits - Largest sizes accepted. Defaults 2e6 states, 1e4 actions, 2e7 outcomes.
 * @throws DataError for anything malformed, `TOO_LARGE` above a limit.
 * @example
 * import { mdpFromJSON, valueIteration } from '@gai/rl/tabular';
 * const mdp = mdpFromJSON('{"gamma":0.5,"P":{"on":{"stay":[[1,"on",1]],"stop":[[1,"off",0,true]]},"off":{}}}');
 * valueIteration(mdp).values[0]!.toFixed(6); // => '2.000000'
 * @category MDP
 * @since 0.1.0
 */
export function mdpFromJSON(source: unknown, limits: MDPJSONLimits = {}): MDP {
  const file = parse(source);
  checkFile(file);
  const bounds = {
    states: limits.maxStates ?? 2_000_000,
    actions: limits.maxActions ?? 10_000,
    transitions: limits.maxTransitions ?? 20_000_000,
  };
  const tables = readTables(file, bounds);
  checkLimit('pairs of state and action', tables.numStates * tables.numActions, MAX_PAIRS);
  const none: readonly Outcome[] = [];
  return buildMDP({
    name: readName(file),
    discount: readDiscount(file),
    layout: readLayout(file),
    numStates: tables.numStates,
    numActions: tables.numActions,
    stateNames: tables.stateNames,
    actionNames: tables.actionNames,
    initial: tables.initial,
    outcomes: (state, action) => tables.rows[state]?.get(action) ?? none,
  });
}

/**
 * Writes an MDP as a JSON value that {@link mdpFromJSON} reads back number for number.
 *
 * @returns A plain object; pass it to `JSON.stringify`.
 * @example
 * import { mdpFromJSON, mdpToJSON, skiResort } from '@gai/rl/tabular';
 * const copy = mdpFromJSON(JSON.stringify(mdpToJSON(skiResort())));
 * copy.stateName(4); // => 'Area4'
 * @category MDP
 * @since 0.1.0
 */
export function mdpToJSON(mdp: MDP): MDPJSON {
  const transitions: [number, number, number, number, number, number][] = [];
  for (let state = 0; state < mdp.numStates; state++) {
    for (let k = mdp.stateOffsets[state]!; k < mdp.stateOffsets[state + 1]!; k++) {
      for (let t = mdp.pairOffsets[k]!; t < mdp.pairOffsets[k + 1]!; t++) {
        const tail = [mdp.probabilities[t]!, mdp.nextStates[t]!, mdp.rewards[t]!, mdp.terminated[t]!] as const;
        transitions.push([state, mdp.pairActions[k]!, ...tail]);
      }
    }
  }
  const initial: [number, number][] = [];
  mdp.initial.forEach((p, state) => p > 0 && initial.push([state, p]));
  return {
    format: 'gai-mdp',
    version: 1,
    ...(mdp.name === undefined ? {} : { name: mdp.name }),
    discount: mdp.discount,
    states: mdp.stateNames ?? mdp.numStates,
    actions: mdp.actionNames ?? mdp.numActions,
    initial,
    transitions,
    ...(mdp.layout === undefined ? {} : { layout: mdp.layout }),
  };
}
