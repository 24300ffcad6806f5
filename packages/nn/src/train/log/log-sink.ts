/** Numbers of one moment by name. */
export type Scalars = Readonly<Record<string, number>>;

/**
 * Where numbers of a run go: a terminal, a file, a service. Every trainer writes to these, `fit` by way of
 * {@link logger}.
 * @category Logging
 */
export interface LogSink {
  readonly name: string;
  /**
   * Called before the first row, with the steps made so far. A run that goes on from a checkpoint repeats what came after
   * it: rows of later steps are taken out, and of this very step one is not written twice. 0 begins anew.
   */
  open?(step: number): void | Promise<void>;
  /** Writes one row. */
  log(step: number, scalars: Scalars): void | Promise<void>;
  /** Called at the end, also after an error; what was logged is on its way before already. */
  close?(): void | Promise<void>;
}

/** Which rows are of one kind: those with the same names. */
export const kindOf = (names: readonly string[]): string => [...names].sort().join('\n');
