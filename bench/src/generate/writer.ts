/** What a contender does: goes on with token ids, greedily, on one thread. */
export interface Writer {
  /** @returns The new tokens, and the processor time of each in milliseconds: the first one's is that of the prompt. */
  write(call: WriteCall): Promise<Written>;
}

export interface WriteCall {
  /** Rows of equal length; the peers are asked for one. */
  readonly prompts: readonly (readonly number[])[];
  readonly tokens: number;
  readonly wantsMargins?: boolean;
}

export interface Written {
  /** Of each row. */
  readonly ids: readonly (readonly number[])[];
  readonly ms: readonly number[];
  /** How far the best score is above the second at each token of the first row; of ours alone, where they were asked for. */
  readonly margins?: readonly number[];
}

/** What a process is started with. */
export interface WriterOptions {
  /** The model's folder, as `export_model.py` writes it. */
  readonly folder: string;
  /** Where the peers' packages lie. */
  readonly peers: string;
}

/** A watch of this process's processor time: milliseconds since it was last read. */
export function watch(): () => number {
  let before = processorTime();
  return () => {
    const now = processorTime();
    const ms = now - before;
    before = now;
    return ms;
  };
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
