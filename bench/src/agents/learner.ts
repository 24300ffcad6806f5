/** What both contenders are told: the same settings, each under its own names. */
export interface LearnerSettings {
  readonly agent: string;
  readonly env: string;
  readonly numEnvs: number;
  readonly normalize: boolean;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** One block of learning. */
export interface Block {
  readonly steps: number;
  /** Of this process, in milliseconds. */
  readonly processorMs: number;
  /** Mean return of the latest hundred episodes; null before the first has ended. */
  readonly meanReturn: number | null;
}
