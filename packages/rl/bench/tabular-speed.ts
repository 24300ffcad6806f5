// Q-learning steps per second on FrozenLake on one core, through the public envs, and a million-state MDP.
// Run: pnpm bench rl/tabular-speed
import { make } from '@gai/rl';
import { buildMDP, frozenLake, mdpEnv, qLearning, valueIteration } from '@gai/rl/tabular';
import type { Outcome, TabularEnv } from '@gai/rl/tabular';

/** Best of five runs, in million steps per second of processor time. */
function stepsPerSecond(makeEnv: () => TabularEnv): number {
  let best = 0;
  for (let repeat = 0; repeat < 5; repeat++) {
    const env = makeEnv();
    const before = process.cpuUsage();
    const { steps } = qLearning(env, { episodes: 200_000 });
    const { user, system } = process.cpuUsage(before);
    best = Math.max(best, steps / (user + system));
  }
  return best;
}

const lake = mdpEnv(frozenLake(), { maxEpisodeSteps: 100 });
console.log(`mdpEnv(frozenLake())  ${stepsPerSecond(() => lake).toFixed(1)} million Q-learning steps/s`);
const made = (): TabularEnv => make('FrozenLake-v1');
console.log(`make('FrozenLake-v1') ${stepsPerSecond(made).toFixed(1)} million Q-learning steps/s`);

/** 1000×1000 cells, slippery (0.8, 0.1, 0.1), one goal in the middle; −1 per step. */
const side = 1000;
const goal = (side / 2) * side + side / 2;
const moves = [-side, 1, side, -1];
function arrive(state: number, action: number): number {
  const column = state % side;
  if ((action === 1 && column === side - 1) || (action === 3 && column === 0)) return state;
  const next = state + moves[action]!;
  return next < 0 || next >= side * side ? state : next;
}
const outcome = (p: number, next: number): Outcome => [p, next, -1, next === goal];
const began = performance.now();
const grid = buildMDP({
  numStates: side * side,
  numActions: 4,
  discount: 0.99,
  outcomes: (s, a) =>
    s === goal
      ? []
      : [outcome(0.8, arrive(s, a)), outcome(0.1, arrive(s, (a + 3) % 4)), outcome(0.1, arrive(s, (a + 1) % 4))],
});
const built = performance.now();
const { iterations, values } = valueIteration(grid, { tolerance: 1e-6 });
const solved = performance.now();
const bytes = process.memoryUsage().arrayBuffers;
console.log(
  `${grid.numStates} states, ${grid.numTransitions} outcomes: built in ${((built - began) / 1000).toFixed(1)} s, ` +
    `solved in ${((solved - built) / 1000).toFixed(1)} s and ${iterations} sweeps, v(corner) ${values[0]!.toFixed(6)}, ` +
    `${(bytes / grid.numTransitions).toFixed(1)} bytes per outcome`,
);
