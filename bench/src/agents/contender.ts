import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Block, LearnerSettings } from './learner.ts';

/** Who learns, in a process of its own. */
export interface Learner {
  readonly name: 'gai' | 'stable-baselines3';
  learn(steps: number): Promise<Block>;
  close(): void;
}

const python = process.env['GAI_BENCH_PYTHON'] ?? 'python3';
const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const COMMANDS = {
  gai: [process.execPath, '--conditions=@gai/source', '--import', 'tsx', file('ours.ts')],
  'stable-baselines3': [python, file('sb3.py')],
} as const;

/** Starts a contender; both speak the same way. */
export function startLearner(name: Learner['name'], settings: LearnerSettings): Learner {
  const [command, ...args] = COMMANDS[name];
  const child = spawn(command, [...args, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name,
    async learn(steps) {
      child.stdin.write(`${steps}\n`);
      const { value, done } = await lines.next();
      if (done === true) {
        const hint =
          name === 'gai' ? '' : ` GAI_BENCH_PYTHON names a Python with stable-baselines3; it was '${python}'.`;
        throw new Error(`${name}: the program has ended.${hint}`);
      }
      return JSON.parse(value) as Block;
    },
    close: () => child.stdin.end(),
  };
}
