/** What a reader may change while the agent learns. */
export interface PpoSettings {
  readonly learningRate: number;
  readonly clipRange: number;
  readonly entCoef: number;
  readonly gaeLambda: number;
}

/** Where a reader begins: RL Baselines3 Zoo's for CartPole, the rate and the clip without their fall. */
export const FIRST_PPO = { learningRate: 0.001, clipRange: 0.2, entCoef: 0, gaeLambda: 0.8 } as const;

/** How far the sliders go; the rate's is a power of ten. */
export const PPO_RANGES = {
  exponent: { min: -5, max: -1.5, step: 0.1 },
  clipRange: { min: 0.02, max: 1, step: 0.02 },
  entCoef: { min: 0, max: 0.1, step: 0.005 },
  gaeLambda: { min: 0, max: 1, step: 0.05 },
} as const;

/** Steps after which an episode is cut off, and steps after which learning stops by itself. */
export const [LONGEST, MOST_STEPS] = [500, 200_000];

/** One update. */
export interface PpoNews {
  /** Steps of all envs so far. */
  readonly steps: number;
  /** Mean return of the latest episodes; undefined before one has ended. */
  readonly meanReturn: number | undefined;
  readonly episodes: number;
  /** How far the update has moved the policy, and what it was held back from. */
  readonly kl: number;
  readonly clipFraction: number;
  /** How undecided the policy is, in nats: ln 2 is a coin. */
  readonly entropy: number;
  readonly explainedVariance: number;
}

/** An episode as it is drawn: where the cart was and how the pole leant, from the start on. */
export interface PolePlay {
  /** Steps that the policy had learned from. */
  readonly after: number;
  readonly positions: Float32Array;
  readonly angles: Float32Array;
  readonly hasFallen: boolean;
}
