import { readFileSync } from 'node:fs';

/** Reads a JSON fixture of this folder. */
function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')) as unknown;
}

/** Exact values of one problem at one discount. */
export interface ExactValues {
  readonly start_value: number;
  readonly V: readonly number[];
  readonly greedy_action_sets: readonly (readonly number[])[];
  readonly value_iteration_sync_sweeps: Readonly<Record<string, number>>;
  readonly policy_iteration?: { readonly iterations_from_all_action0: number };
  readonly uniform_random_policy_start_value?: number;
}

/** The parts of tabular.json the tests read. */
export interface TabularReference {
  readonly tabular: Readonly<Record<'FrozenLake4x4' | 'Cliff', Readonly<Record<string, ExactValues>>>> & {
    readonly FrozenLake4x4: {
      readonly optimal_success_100_steps: number;
      readonly gamma99_greedy_policy_success_100_steps: number;
      readonly uniform_policy_success_100_steps: number;
    };
  };
  readonly sutton_barto: {
    readonly gridworld_ex3_5_random: { readonly V: readonly (readonly number[])[] };
    readonly gridworld_ex4_1: {
      readonly snapshots_sync: Readonly<Record<string, readonly (readonly number[])[]>>;
      readonly k_inf: readonly (readonly number[])[];
    };
    readonly gambler: Readonly<
      Record<
        string,
        {
          readonly V: Readonly<Record<string, number>>;
          readonly sum_V_1_99: number;
          readonly policy_smallest_stake_1to99: readonly number[];
          readonly sweeps_inplace_1e_15: number;
        }
      >
    >;
    readonly random_walk_ex6_2: {
      readonly rms_mean_and_se: Readonly<Record<string, Readonly<Record<string, readonly [number, number | null]>>>>;
    };
    readonly cliff_walking_online: Readonly<Record<string, Readonly<Record<string, number>>>> & {
      readonly exact_eps01_return_of_shortest_path_policy: number;
    };
    readonly short_corridor_ex13_1: Readonly<Record<string, number>>;
  };
  readonly ski_resort: {
    readonly gamma: number;
    readonly P: unknown;
    readonly V_star: Readonly<Record<string, number>>;
    readonly pi_star: Readonly<Record<string, string>>;
    readonly V_uniform_random: Readonly<Record<string, number>>;
    readonly note: string;
    readonly sync_sweeps_1e_13: number;
  };
}

/** Values by independent exact solvers, means of long simulations with their standard errors. */
export const reference = read('tabular.json') as TabularReference;

/** Gymnasium's own tables, condensed: see make-toy-text.py. */
export const toyText = read('toy-text.json') as {
  readonly envs: Readonly<
    Record<
      string,
      { readonly count: number; readonly sums: readonly number[] } & Readonly<
        Record<`V_${string}`, readonly number[]>
      > &
        Readonly<Record<`start_${string}`, number>>
    >
  >;
};

/** Largest absolute difference of two lists. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
