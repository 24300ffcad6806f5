/** What `gai rl train` can train. */
export const ALGORITHMS = ['ppo', 'a2c', 'reinforce', 'dqn', 'sac', 'td3'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

// The names of what stands in problems.ts and methods.ts, for help that is shown without reading the library.

/** Problems, in the order of the list that `gai rl envs` shows. */
export const PROBLEM_NAMES = [
  'frozen-lake',
  'frozen-lake-8x8',
  'taxi',
  'cliff',
  'ski',
  'jacks-car-rental',
  'gambler',
  'blackjack',
  'windy',
  'windy-king',
  'windy-stochastic',
  'gridworld',
  'gridworld-5x5',
  'dyna-maze',
  'blocking-maze',
  'shortcut-maze',
  'random-walk',
  'random-walk-1000',
  'short-corridor',
  'maximization-bias',
] as const;
export type ProblemName = (typeof PROBLEM_NAMES)[number];

/** Methods of `gai rl solve`, planners first. */
export const METHOD_NAMES = [
  'vi',
  'pi',
  'mpi',
  'mc',
  'mc-es',
  'mc-off',
  'sarsa',
  'expected-sarsa',
  'q',
  'double-q',
  'n-step-sarsa',
  'tree-backup',
  'q-sigma',
  'sarsa-lambda',
  'q-lambda',
  'dyna-q',
  'dyna-q-plus',
  'sweeping',
] as const;
export type MethodName = (typeof METHOD_NAMES)[number];
