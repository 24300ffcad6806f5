import {
  bellmanOptimality,
  cliffWalking,
  frozenLake,
  gridWorld,
  mdpEnv,
  optimalActions,
  qLearning,
  sarsa,
} from '@gai/rl/tabular';
import type { MDP, TabularEnv } from '@gai/rl/tabular';

/** How the page's gridworld is solved or learned. */
export type MethodName = 'value iteration' | 'Q-learning' | 'SARSA';

/** Which map the page shows. */
export type WorldName = 'rooms' | 'cliff' | 'ice';

/** What the sliders set. */
export interface Settings {
  readonly method: MethodName;
  readonly world: WorldName;
  readonly gamma: number;
  readonly alpha: number;
  readonly epsilon: number;
  readonly slip: number;
}

/** Everything the picture shows; `step` makes the next one. */
export interface Snapshot {
  /** Sweeps or episodes so far. */
  readonly count: number;
  readonly values: Float64Array;
  /** Action values, for the learners. */
  readonly q: Float64Array;
  /** Per state the best actions by what is known so far; empty while nothing is. */
  readonly best: readonly (readonly number[])[];
  /** Largest change of a value in the last sweep or episode. */
  readonly change: number;
  /** Cells of the last episode, in order. */
  readonly path: readonly number[];
  readonly returns: readonly number[];
}

export const METHODS: readonly MethodName[] = ['value iteration', 'Q-learning', 'SARSA'];
export const WORLDS: readonly WorldName[] = ['rooms', 'cliff', 'ice'];

const ROOMS = ['S..#....', '...#.H..', '.......#', '##.#....', '...#.H.G'];
/** Episodes are cut off after so many steps. */
const MOST_STEPS = 300;

/** The map of a world as an MDP. */
export function makeWorld({ world, slip }: Pick<Settings, 'world' | 'slip'>): MDP {
  if (world === 'ice') return frozenLake({ successRate: 1 - slip });
  if (world === 'rooms') return gridWorld({ map: ROOMS, slip, rewards: { H: -20, G: 10 } });
  return slip > 0 ? slippery(cliffWalking(), slip) : cliffWalking();
}

/** The cliff with a chance of going to either side. */
function slippery(cliff: MDP, slip: number): MDP {
  const { rows, columns, cells } = cliff.layout!;
  const map = Array.from({ length: rows }, (_, row) => cells.slice(row * columns, (row + 1) * columns));
  return gridWorld({ map, slip, rewards: { C: -100 }, terminal: 'GC' });
}

/** Nothing known: all values 0. */
export function begin(mdp: MDP): Snapshot {
  return {
    count: 0,
    values: new Float64Array(mdp.numStates),
    q: new Float64Array(mdp.numStates * mdp.numActions),
    best: Array.from({ length: mdp.numStates }, () => []),
    change: 0,
    path: [],
    returns: [],
  };
}

/** One sweep of value iteration, or one episode of learning. */
export function step(mdp: MDP, before: Snapshot, settings: Settings): Snapshot {
  return settings.method === 'value iteration' ? sweep(mdp, before, settings) : learn(mdp, before, settings);
}

function largestChange(before: Float64Array, after: Float64Array): number {
  return after.reduce((most, value, state) => Math.max(most, Math.abs(value - before[state]!)), 0);
}

function sweep(mdp: MDP, before: Snapshot, { gamma }: Settings): Snapshot {
  const values = bellmanOptimality(mdp, before.values, { gamma });
  const best = optimalActions(mdp, values, { gamma });
  return { ...before, count: before.count + 1, values, best, change: largestChange(before.values, values) };
}

/** An env that notes where it goes. */
function noting(env: TabularEnv, path: number[]): TabularEnv {
  const { observationSpace, actionSpace } = env;
  return {
    observationSpace,
    actionSpace,
    availableActions: (state) => env.availableActions?.(state) ?? [],
    reset: (options) => {
      const start = env.reset(options);
      path.push(start.observation);
      return start;
    },
    step: (action) => {
      const result = env.step(action);
      path.push(result.observation);
      return result;
    },
  };
}

function learn(mdp: MDP, before: Snapshot, { method, gamma, alpha, epsilon }: Settings): Snapshot {
  const path: number[] = [];
  const env = noting(mdpEnv(mdp, { maxEpisodeSteps: MOST_STEPS }), path);
  const run = method === 'SARSA' ? sarsa : qLearning;
  const options = { episodes: 1, alpha, gamma, epsilon, initialQ: before.q, seed: before.count };
  const { q, values, returns } = run(env, options);
  const offered = (state: number): number[] => mdp.actions(state);
  const best = Array.from(values, (value, state) => {
    const actions = offered(state);
    const isKnown = actions.some((action) => q[state * mdp.numActions + action] !== 0);
    return isKnown ? actions.filter((action) => q[state * mdp.numActions + action] === value) : [];
  });
  return {
    count: before.count + 1,
    values,
    q,
    best,
    change: largestChange(before.values, values),
    path,
    returns: [...before.returns, returns[0]!].slice(-200),
  };
}

/** What an action is worth in a state, and the outcomes that are averaged. */
export interface BackupRow {
  readonly action: number;
  /** What the figure knows of the action: `Σ p (r + γ V(s′))`, or the learner's Q. */
  readonly value: number;
  readonly isBest: boolean;
  /** Merged by where they lead; `ends` has no value after it. */
  readonly outcomes: readonly { probability: number; next: number; reward: number; ends: boolean }[];
}

/** How the value of a state comes about, by action: the arithmetic of the next sweep, or what a learner has in its table. */
export function backupOf(mdp: MDP, now: Snapshot, state: number, { method, gamma }: Settings): BackupRow[] {
  const rows = mdp.actions(state).map((action) => {
    const merged = new Map<string, { probability: number; next: number; reward: number; ends: boolean }>();
    for (const [probability, next, reward, ends] of mdp.outcomes(state, action)) {
      const key = `${next} ${reward} ${ends}`;
      merged.set(key, { probability: probability + (merged.get(key)?.probability ?? 0), next, reward, ends });
    }
    const outcomes = [...merged.values()].filter(({ probability }) => probability > 0);
    const planned = outcomes.reduce(
      (sum, { probability, next, reward, ends }) =>
        sum + probability * (reward + (ends ? 0 : gamma * now.values[next]!)),
      0,
    );
    const value = method === 'value iteration' ? planned : now.q[state * mdp.numActions + action]!;
    return { action, value, outcomes };
  });
  const best = Math.max(...rows.map(({ value }) => value));
  return rows.map((row) => ({ ...row, isBest: row.value >= best - 1e-9 }));
}

/** Where the parts of a cell lie, in a square of 64: nothing lies on the lane that paths are drawn on, below and left. */
export const CELL = {
  size: 64,
  lane: { x: 7, y: 58 },
  value: { right: 60, baseline: 46 },
  arrows: { left: 18, right: 60, y: 20 },
};

/** The middles of `count` arrows, side by side within a cell. */
export function arrowPlaces(count: number): number[] {
  const { left, right } = CELL.arrows;
  return Array.from({ length: count }, (_, i) => left + ((right - left) * (i + 0.5)) / count);
}
