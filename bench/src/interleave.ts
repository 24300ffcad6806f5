/** Something to time: `run` does it so many times and waits until it is done. */
export interface Task {
  readonly name: string;
  run(count: number): Promise<unknown>;
  /** Times `count` runs by itself, where that is done in another process. */
  time?: ((count: number) => Promise<Block>) | undefined;
}

/** Milliseconds of one run. */
export interface Block {
  readonly wall: number;
  readonly cpu: number;
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
  /** How long a task may take in all; one that needs more has fewer blocks, at least two. Default: no limit. */
  readonly limitMs?: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Processor time of this process in milliseconds; in a page, which cannot ask for it, the time that passed. */
export function processorTime(): number {
  const { process } = globalThis as { process?: NodeJS.Process };
  if (process === undefined) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The mean of `count` runs. */
export async function timeBlock(task: Task, count: number): Promise<Block> {
  if (task.time !== undefined) return task.time(count);
  const [cpu, wall] = [processorTime(), performance.now()];
  await task.run(count);
  return { wall: (performance.now() - wall) / count, cpu: (processorTime() - cpu) / count };
}

interface Plan {
  readonly task: Task;
  /** Runs of a block. */
  readonly count: number;
  /** Of the rounds, how many it takes part in. */
  readonly turns: number;
  readonly blocks: Block[];
}

async function makePlan(task: Task, { rounds, blockMs = 100, limitMs = Infinity }: InterleaveOptions): Promise<Plan> {
  const first = await timeBlock(task, 1);
  const count = Math.max(1, Math.round(blockMs / first.cpu));
  const affordable = Math.max(2, Math.floor(limitMs / (first.wall * count)));
  return { task, count, turns: Math.min(rounds, affordable), blocks: count === 1 ? [first] : [] };
}

/** Times tasks in turns, block by block, so that what disturbs the machine disturbs all of them. */
export async function interleave(tasks: readonly Task[], options: InterleaveOptions): Promise<Timing[]> {
  const { rounds, clock } = options;
  const plans: Plan[] = [];
  for (const task of tasks) plans.push(await makePlan(task, options));
  for (let round = 0; round < rounds; round++) {
    for (const { task, count, turns, blocks } of plans) {
      const due = Math.floor(((round + 1) * turns) / rounds); // spread over the rounds
      if (due > blocks.length) blocks.push(await timeBlock(task, count));
    }
  }
  return plans.map(({ blocks }) => ({
    ms: median(blocks.map((block) => block[clock])),
    cores: median(blocks.map(({ wall, cpu }) => cpu / wall)),
  }));
}
