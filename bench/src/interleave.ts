/** Something to time: `run` does it once and waits until it is done. */
export interface Task {
  readonly name: string;
  run(): Promise<unknown>;
}

/** What is counted: time that passed, or processor time of this process, which a busy machine hardly changes. */
export type Clock = 'wall' | 'cpu';

/** How a {@link Task} did. */
export interface Timing {
  /** Median over the blocks of the mean time of one run. */
  readonly ms: number;
  /** Median over the blocks of processor time per time passed: 1 for one thread that nobody disturbed. */
  readonly cores: number;
}

/** Settings of {@link interleave}. */
export interface InterleaveOptions {
  /** Blocks of each task. */
  readonly rounds: number;
  readonly clock: Clock;
  /** How long a block lasts, unless one run takes longer. Default 100. */
  readonly blockMs?: number;
}

interface Block {
  readonly wall: number;
  readonly cpu: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds of one run, as the mean of `count`. */
async function timeBlock(task: Task, count: number): Promise<Block> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let done = 0; done < count; done++) await task.run();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wall: wall / count, cpu: (user + system) / 1000 / count };
}

/** Times tasks in turns, block by block, so that what disturbs the machine disturbs all of them. */
export async function interleave(tasks: readonly Task[], options: InterleaveOptions): Promise<Timing[]> {
  const { rounds, clock, blockMs = 100 } = options;
  const counts: number[] = [];
  for (const task of tasks) {
    const { cpu } = await timeBlock(task, 2);
    counts.push(Math.max(1, Math.round(blockMs / cpu)));
  }
  const blocks: Block[][] = tasks.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, task] of tasks.entries()) blocks[index]!.push(await timeBlock(task, counts[index]!));
  }
  return blocks.map((own) => ({
    ms: median(own.map((block) => block[clock])),
    cores: median(own.map(({ wall, cpu }) => cpu / wall)),
  }));
}
