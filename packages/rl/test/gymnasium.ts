import { readFileSync } from 'node:fs';

/** What Gymnasium recorded (fixtures/make-gymnasium.py). */
export interface GymnasiumFixture {
  random: {
    seed: number;
    random: number[];
    integers: [number, number, number][];
    uniform: number[];
    normal: number[];
    exponential: number[];
    bytes: number[];
    choice: number[];
    choiceIndex: number[];
    last: number;
  }[];
  moments: { seed: number; at: number[]; normal: number[]; exponential: number[]; largest: [number, number] };
  spaces: { space: string; seed: number; samples: unknown[]; flat: number[][] }[];
  classic: {
    id: string;
    seed: number;
    kind: 'discrete' | 'float32' | 'float64';
    start: { state: number[]; observation: number[] };
    steps: {
      action: number;
      state: number[];
      observation: number[];
      reward: number;
      terminated: boolean;
      truncated: boolean;
    }[];
  }[];
  toys: {
    id: string;
    options: Record<string, unknown>;
    seed: number;
    steps: [number | null, number | number[], number, boolean, boolean][];
    probabilities: number[];
    masks: string[];
  }[];
  wrapped: Record<string, [number | null, number[] | number[][], number][]>;
  vectors: {
    mode: 'next-step' | 'same-step';
    steps: {
      actions?: number[];
      observations: number[];
      rewards?: number[];
      terminations?: number[];
      final?: (number[] | null)[];
    }[];
  }[];
}

/** The study's golden numbers (fixtures/goldens.json). */
export interface Goldens {
  gymnasium_seeded_resets: Record<string, Record<string, { state64: number[]; obs32: number[] }>>;
  gymnasium_trajectories: Record<
    string,
    { start_state: number[]; steps: { a: number; state: number[]; obs: number[]; r: number; terminated: boolean }[] }
  >;
}

function load(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8'));
}

export const gymnasium = load('gymnasium.json') as GymnasiumFixture;
export const goldens = load('goldens.json') as Goldens;

/** Distance of two float32 numbers in units in the last place of the larger. */
export function ulps32(a: number, b: number): number {
  const largest = Math.max(Math.abs(a), Math.abs(b));
  if (largest === 0) return 0;
  const exponent = Math.max(Math.floor(Math.log2(largest)), -126);
  return Math.abs(a - b) / 2 ** (exponent - 23);
}

/** Largest distance of two lists of numbers. */
export function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, index) => Math.abs(value - b[index]!)));
}
