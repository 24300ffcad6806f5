import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../src/run.ts';
import { gai } from './support.ts';

interface Solution {
  readonly values: number[];
  readonly policy: number[];
  readonly actions: number[][];
  readonly startValue: number;
  readonly policyValue?: number | null;
}
interface Step {
  readonly a: number;
  readonly state: number[];
  readonly obs: number[];
  readonly r: number;
  readonly terminated: boolean;
}
interface Tabular {
  readonly start_value: number;
  readonly V: number[];
  readonly greedy_action_sets?: number[][];
}
interface Reference {
  readonly 'frozen-lake': Record<string, Tabular>;
  readonly cliff: Record<string, Tabular>;
  readonly ski: { P: object; V_star: Record<string, number>; pi_star: Record<string, string> };
  readonly gambler: Record<'p04' | 'p025' | 'p055', { V: Record<string, number>; sum: number; policy: number[] }>;
  readonly trajectories: Record<string, { start_state: number[]; steps: Step[] }>;
  readonly resets: Record<string, { state64: number[]; obs32: number[] }>;
  readonly 'frozen-lake-seed-7': [action: number, observation: number, reward: number, terminated: boolean][];
}

const reference = JSON.parse(
  await readFile(new URL('fixtures/rl.json', import.meta.url), 'utf8'),
) as unknown as Reference;

let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'gai-rl-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const lines = (text: string): string[] => text.trimEnd().split('\n');

async function solve(...args: string[]): Promise<Solution> {
  const { code, stdout, stderr } = await gai('rl', 'solve', ...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(lines(stdout).at(-1)!) as Solution;
}

function expectNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const worst = Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)));
  expect(worst).toBeLessThan(tolerance);
}

describe('gai rl solve, against the literature', () => {
  it.each(['vi', 'pi', 'mpi'])('FrozenLake by %s', async (method) => {
    for (const [gamma, { start_value, V, greedy_action_sets }] of Object.entries(reference['frozen-lake'])) {
      const { values, actions, policy, startValue } = await solve('frozen-lake', '--method', method, '--gamma', gamma);
      expectNear(values, V, 1e-8);
      expect(startValue).toBeCloseTo(start_value, 8);
      expect(actions).toEqual(greedy_action_sets);
      expect(policy).toEqual(greedy_action_sets!.map((set) => set[0]));
    }
  });

  it('the cliff', async () => {
    for (const [gamma, { start_value, V }] of Object.entries(reference.cliff)) {
      const { values, startValue } = await solve('cliff', '--gamma', gamma);
      // The cells of the cliff and the goal are no states of an episode; tables differ there.
      expectNear(values.slice(0, 37), V.slice(0, 37), 1e-8);
      expect(startValue).toBeCloseTo(start_value, 8);
    }
  });

  it('the ski resort, by name and from a file', async () => {
    const { P, V_star, pi_star } = reference.ski;
    await writeFile(at('ski.json'), JSON.stringify({ gamma: 0.9, P }));
    for (const args of [['ski'], ['--mdp', at('ski.json')], ['ski', '--method', 'pi']]) {
      const { values, policy, startValue } = await solve(...args);
      expectNear(values, Object.values(V_star), 1e-8);
      expect(startValue).toBe(values[0]);
      expect(policy.map((action) => ['lift', 'ski'][action])).toEqual(Object.values(pi_star));
    }
  });

  it.each([
    ['0.4', 'p04'],
    ['0.25', 'p025'],
    ['0.55', 'p055'],
  ] as const)('the gambler with p = %s', async (heads, key) => {
    const { V, sum, policy } = reference.gambler[key];
    const solved = await solve('gambler', '--heads', heads);
    for (const [capital, value] of Object.entries(V)) expect(solved.values[Number(capital)]).toBeCloseTo(value, 8);
    expect(solved.values.slice(1, 100).reduce((a, b) => a + b)).toBeCloseTo(sum, 5);
    expect(solved.startValue).toBeCloseTo(sum / 99, 7);
    expect(solved.policy.slice(1, 100)).toEqual(policy);
  });

  it.each([
    [['windy'], -15],
    [['windy', '--moves', '8'], -7],
    [['windy-king'], -7],
    [['windy', '--moves', '9'], -7],
    [['gridworld'], -2],
    [['random-walk'], 0.5],
    [['random-walk', '--states', '19'], 0],
    [['short-corridor'], -3],
    [['maximization-bias'], 0],
    [['taxi', '--gamma', '1'], 7.93],
    [['frozen-lake', '--no-slippery'], 0.99 ** 5],
    [['dyna-maze'], 0.95 ** 13],
  ] as const)('%j starts at %d', async (args, expected) => {
    const { startValue } = await solve(...args);
    expect(Math.abs(startValue - expected)).toBeLessThan(args[0] === 'taxi' ? 0.005 : 1e-8);
  });

  it.each([
    ['frozen-lake', 0.54],
    ['frozen-lake-8x8', 0.4],
    ['taxi', 6.3],
    ['cliff', -13],
    ['ski', 7.84],
    ['windy', -15],
  ] as const)('Q-learning masters %s', async (problem, least) => {
    const { policyValue } = await solve(problem, '--method', 'q', '--seed', '0');
    expect(policyValue).toBeGreaterThanOrEqual(least);
  });

  it('learning is repeatable by its seed', async () => {
    const args = ['cliff', '--method', 'sarsa', '--episodes', '50', '--epsilon', '0.5:0.1', '--seed'];
    const [one, same, other] = [await solve(...args, '3'), await solve(...args, '3'), await solve(...args, '4')];
    expect(same).toEqual(one);
    expect(other.values).not.toEqual(one.values);
  });

  it.each(
    'mc mc-es sarsa expected-sarsa q double-q n-step-sarsa tree-backup q-sigma sarsa-lambda q-lambda dyna-q dyna-q-plus sweeping'.split(
      ' ',
    ),
  )('%s runs and reports its policy', async (method) => {
    const { values, policy } = await solve('gridworld', '--method', method, '--episodes', '2000');
    expect(values.every(Number.isFinite)).toBe(true);
    // Cell 1 is beside the goal on its left: action 3.
    expect(policy[1]).toBe(3);
  });

  it('off-policy Monte Carlo learns blackjack', async () => {
    // Worth -0.0431 when played perfectly.
    expect((await solve('blackjack', '--method', 'mc-off')).policyValue).toBeGreaterThan(-0.06);
  });

  it('maps from files: ice and grids', async () => {
    await writeFile(at('ice.txt'), 'SFFF\r\nFHFH\r\nFFFH\r\nHFFG\r\n');
    await writeFile(at('grid.txt'), 'S.#\n..#\n#.G\n');
    expect((await solve('--map', at('ice.txt'))).startValue).toBeCloseTo(0.542025932, 8);
    expect((await solve('--map', at('ice.txt'), '--no-slippery')).startValue).toBeCloseTo(0.99 ** 5, 10);
    expect((await solve('--map', at('grid.txt'))).startValue).toBe(-4);
    expect((await solve('gridworld', '--map', at('ice.txt'))).startValue).toBe(-6);
  });

  it('draws values and arrows on the map', async () => {
    const { stdout } = await gai('rl', 'solve', 'frozen-lake');
    expect(stdout).toContain('0.5420 0.4988 0.4707 0.4569');
    expect(stdout).toContain(' ←  H ←→  H');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('gai rl rollout', () => {
  const play = async (...args: string[]): Promise<Record<string, unknown>[]> => {
    const { code, stdout, stderr } = await gai('rl', 'rollout', ...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return lines(stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it.each(Object.entries(reference.trajectories))('%s from a state', async (env, { start_state, steps }) => {
    const actions = steps.map(({ a }) => a).join(',');
    const rows = await play('--env', env, '--state', JSON.stringify(start_state), '--actions', actions);
    expect(rows).toHaveLength(steps.length);
    rows.forEach((row, i) => {
      const { state, obs, r, terminated } = steps[i]!;
      expect(row).toMatchObject({ step: i + 1, terminated, truncated: false });
      expectNear(row['state'] as number[], state, 1e-9);
      expectNear(row['observation'] as number[], obs, 1e-6);
      expect(row['reward']).toBeCloseTo(r, 12);
    });
  });

  it.each(Object.entries(reference.resets))('%s from seed 42', async (env, { state64, obs32 }) => {
    const [start] = await play('--env', env, '--seed', '42', '--start', '--actions', '0');
    expect(start).toEqual({ step: 0, observation: obs32, state: state64 });
  });

  it("FrozenLake draws NumPy's numbers", async () => {
    const steps = reference['frozen-lake-seed-7'];
    const actions = steps.map(([action]) => action).join(',');
    const rows = await play('--env', 'FrozenLake-v1', '--seed', '7', '--actions', actions);
    const kept = rows.map((row) => ['action', 'observation', 'reward', 'terminated'].map((name) => row[name]));
    expect(kept).toEqual(steps);
  });

  it('stops where the episode ends and says so', async () => {
    const { code, stdout, stderr } = await gai(
      'rl',
      'rollout',
      '--env',
      'cliff',
      '--actions',
      `0${',1'.repeat(11)},2,1,1`,
    );
    expect(code).toBe(0);
    expect(stderr).toBe('Note: the episode ended after 13 steps; 2 more actions were not played.\n');
    expect(lines(stdout).at(-1)).toBe('return -13');
  });
});

describe('gai rl compare, watch and envs', () => {
  it.each(['mc-vs-td', 'on-vs-off', 'model-based-vs-model-free'])('%s: curves, table, SVG, JSON', async (question) => {
    const file = at(`new/${question}.svg`);
    const { code, stdout } = await gai('rl', 'compare', question, '--runs', '3', '--svg', file, '--json');
    expect(code).toBe(0);
    const result = JSON.parse(lines(stdout).at(-1)!) as { series: { y: number[] }[]; rows: unknown[][]; runs: number };
    expect(result.runs).toBe(3);
    expect(result.series.length).toBeGreaterThanOrEqual(3);
    expect(result.series.every(({ y }) => y.length > 10 && y.every(Number.isFinite))).toBe(true);
    expect(await readFile(file, 'utf8')).toMatch(/^<svg[^]*<\/svg>\s*$/);
    expect(stdout).toContain('episodes');
  });

  it.each(['cartpole', 'CARTPOLE-v1', 'mountaincarcontinuous'])('watch and rollout take %s', async (env) => {
    const watched = await gai('rl', 'watch', '--env', env, '--max-steps', '2', '--fps', '50', '--json');
    expect(watched).toMatchObject({ code: 0, stderr: '' });
    expect((await gai('rl', 'rollout', '--env', env, '--actions', '0,0')).code).toBe(0);
  });

  it('watch plays the best policy and writes a GIF', async () => {
    const file = at('lake.gif');
    const args = ['--env', 'frozen-lake', '--no-slippery', '--policy', 'optimal', '--gif', file, '--json'];
    const { code, stdout } = await gai('rl', 'watch', ...args);
    expect(code).toBe(0);
    expect(JSON.parse(lines(stdout).at(-1)!)).toMatchObject({ return: 1, steps: 6, terminated: true });
    expect(stdout).toContain('step 6  action 2  reward 1\nSFFF\nFHFH\nFFFH\nHFF[G]');
    expect(stdout).not.toContain('\u001b');
    expect((await readFile(file)).subarray(0, 6).toString()).toBe('GIF89a');
  });

  it.each(['ski', 'Blackjack-v1', 'Taxi-v3', 'gambler', 'jacks-car-rental'])(
    'watch %s with every policy',
    async (env) => {
      for (const policy of ['random', 'optimal', 'q']) {
        const learning = policy === 'q' ? ['--episodes', '20'] : [];
        const { code, stderr } = await gai(
          'rl',
          'watch',
          '--env',
          env,
          '--policy',
          policy,
          '--max-steps',
          '5',
          ...learning,
        );
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      }
    },
  );

  it('on a terminal frames replace one another, in colour unless NO_COLOR says no', async () => {
    const record = async (): Promise<string> => {
      let text = '';
      const stdout = { isTTY: true, columns: 80, write: (part: string) => (text += part) };
      await run(['rl', 'watch', '--env', 'CartPole-v1', '--max-steps', '2', '--fps', '50'], { stdout, stderr: stdout });
      return text;
    };
    expect(await record()).toContain('\u001b[38;2;');
    vi.stubEnv('NO_COLOR', '1');
    const plain = await record();
    vi.unstubAllEnvs();
    // The cursor moves, nothing else.
    expect(plain.replaceAll('\u001b[2A', '').replaceAll('\u001b[J', '')).not.toContain('\u001b');
    expect(plain).toContain('\u001b[2A');
  });

  it('a progress bar is for terminals only', async () => {
    let text = '';
    const stderr = { isTTY: true, write: (part: string) => (text += part) };
    const args = ['rl', 'solve', 'gridworld', '--method', 'q', '--episodes', '200'];
    expect(await run(args, { stdout: { write: () => true }, stderr })).toBe(0);
    expect(text).toContain('100 %');
    expect(text.endsWith('\r\u001b[2K')).toBe(true);
    expect((await gai(...args)).stderr).toBe('');
  });

  it('envs lists ids and problems', async () => {
    const { stdout } = await gai('rl', 'envs', '--json');
    const { envs, problems } = JSON.parse(stdout) as { envs: { id: string }[]; problems: { name: string }[] };
    expect(envs.map(({ id }) => id)).toContain('CartPole-v1');
    expect(problems.length).toBeGreaterThanOrEqual(20);
  });
});
