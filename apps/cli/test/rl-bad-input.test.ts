import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gai } from './support.ts';

let folder = '';
const at = (name: string): string => join(folder, name);

/** MDP files, each broken in one way. */
const FILES: Readonly<Record<string, string>> = {
  'text.json': 'this is no MDP',
  'empty.json': '',
  'cut.json': '{"gamma": 0.9, "P": {"a": {"go": [[1, "a"',
  'list.json': '[1, 2, 3]',
  'null.json': 'null',
  'nothing.json': '{}',
  'sum.json': '{"gamma":0.9,"P":{"a":{"go":[[0.5,"a",1],[0.4,"a",0]]}}}',
  'negative.json': '{"gamma":0.9,"P":{"a":{"go":[[-0.5,"a",1],[1.5,"a",0]]}}}',
  'unknown.json': '{"gamma":0.9,"P":{"a":{"go":[[1,"b",1]]}}}',
  'types.json': '{"gamma":0.9,"P":{"a":{"go":[["one","a",1]]}}}',
  'reward.json': '{"gamma":0.9,"P":{"a":{"go":[[1,"a",null]]}}}',
  'gamma.json': '{"gamma":1.5,"P":{"a":{"go":[[1,"a",1]]}}}',
  'gama.json': '{"gama":0.9,"P":{"a":{"go":[[1,"a",1,true]]}}}',
  'gamma-text.json': '{"gamma":"high","P":{"a":{"go":[[1,"a",1]]}}}',
  'short.json': '{"gamma":0.9,"P":{"a":{"go":[[1,"a"]]}}}',
  'flat.json': '{"gamma":0.9,"P":{"a":{"go":1}}}',
  'huge.json': '{"states":2000000000,"actions":4,"transitions":[]}',
  'wide.json': '{"states":1000000,"actions":9999,"transitions":[]}',
  'fraction.json': '{"states":2.5,"actions":2,"transitions":[]}',
  'minus.json': '{"states":-3,"actions":2,"transitions":[]}',
  'initial.json': '{"gamma":0.9,"initial":[0.4],"P":{"a":{"go":[[1,"a",1]]}}}',
  'twice.json': '{"states":["a","a"],"actions":1,"transitions":[]}',
  'endless.json': '{"gamma":1,"P":{"a":{"go":[[1,"a",1]]}}}',
  'deep.json': `${'['.repeat(5000)}${']'.repeat(5000)}`,
  'good.json': '{"gamma":0.9,"P":{"a":{"go":[[1,"a",1]]}}}',
  'no-start.txt': 'FFF\nFFG\n',
  'no-goal.txt': 'SFF\nFFF\n',
  'ragged.txt': 'SFF\nFG\n',
  'blank.txt': '\n\n',
  'letters.txt': 'SFX\nFFG\n',
  'mixed.txt': 'SF.\nFFG\n',
  'good.txt': 'SFF\nFFG\n',
  'grid.txt': 'S..\n.#G\n',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-rl-bad-'));
  await Promise.all(Object.entries(FILES).map(([name, text]) => writeFile(at(name), text)));
  await writeFile(at('wide.txt'), `S${'F'.repeat(1_100_000)}G\n`);
  await writeFile(
    at('binary.txt'),
    Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 256),
  );
  await mkdir(at('folder'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const solve = (...args: string[]): string[] => ['rl', 'solve', ...args];
const file = (name: string, ...args: string[]): string[] => solve('--mdp', at(name), ...args);
const map = (name: string, ...args: string[]): string[] => solve('--map', at(name), ...args);
const play = (env: string, actions: string, ...args: string[]): string[] =>
  ['rl', 'rollout', '--env', env, '--actions', actions].concat(args);
const train = (env: string, ...args: string[]): string[] => ['rl', 'train', 'ppo', '--env', env, ...args];
const watch = (env: string, ...args: string[]): string[] => ['rl', 'watch', '--env', env, ...args];

/** What is typed, the exit code, and what the one line must say. */
const CASES: readonly (readonly [name: string, args: () => string[], code: number, message: string])[] = [
  ['no subcommand that exists', () => ['rl', 'sovle'], 2, 'Did you mean solve?'],
  ['no problem', () => solve(), 2, 'no problem was given'],
  ['an unknown problem', () => solve('frozen-lak'), 2, 'Did you mean frozen-lake?'],
  ['a problem like no other', () => solve('xyzzyplugh'), 2, 'Known problems: frozen-lake, '],
  ['a very long problem', () => solve('x'.repeat(5000)), 2, 'unknown problem'],
  ['a misspelt key', () => file('gama.json'), 1, 'the MDP has no such key. Got "gama"; expected one of'],
  ['a misspelt key, with the nearest', () => file('gama.json'), 1, 'Did you mean gamma?'],
  ['two problems', () => solve('ski', '--mdp', at('good.json')), 2, 'two problems were given'],
  ['an unknown method', () => solve('ski', '--method', 'sarza'), 2, 'Did you mean sarsa?'],
  ['a method like no other', () => solve('ski', '--method', 'simplex'), 2, 'Known methods: vi, pi, '],
  ['a discount above 1', () => solve('ski', '--gamma', '1.01'), 2, "Got '1.01'; expected a number from 0 to 1"],
  ['a negative discount', () => solve('ski', '--gamma', '-0.1'), 2, "Got '-0.1'"],
  ['a discount that is no number', () => solve('ski', '--gamma', 'NaN'), 2, "Got 'NaN'"],
  ['an empty discount', () => solve('ski', '--gamma', ''), 2, "Got ''"],
  ['no episodes', () => solve('cliff', '--method', 'q', '--episodes', '0'), 2, 'a whole number from 1'],
  ['half an episode', () => solve('cliff', '--method', 'q', '--episodes', '1.5'), 2, "Got '1.5'"],
  ['endless episodes', () => solve('cliff', '--method', 'q', '--episodes', 'Infinity'), 2, "Got 'Infinity'"],
  ['a step size above 1', () => solve('cliff', '--method', 'q', '--alpha', '2'), 2, 'expected a number from 0 to 1'],
  ['a falling step size of one end', () => solve('cliff', '--method', 'q', '--alpha', '0.5:'), 2, "Got '0.5:'"],
  ['a step size that falls to 0', () => solve('cliff', '--method', 'q', '--alpha', '0.5:0'), 2, "Got '0.5:0'"],
  ['exploration below 0', () => solve('cliff', '--method', 'q', '--epsilon', '-1'), 2, "Got '-1'"],
  ['a seed that is no number', () => solve('cliff', '--seed', 'abc'), 2, "Got 'abc'"],
  ['a negative seed', () => solve('cliff', '--seed', '-1'), 2, "Got '-1'"],
  ['episodes for a planner', () => solve('ski', '--episodes', '5'), 2, 'value iteration computes from the table'],
  ['exploration for a planner', () => solve('ski', '--method', 'pi', '--epsilon', '0.1'), 2, 'has no --epsilon'],
  ['λ for Q-learning', () => solve('cliff', '--method', 'q', '--lambda', '0.9'), 2, 'has no --lambda'],
  [
    'planning steps for SARSA',
    () => solve('cliff', '--method', 'sarsa', '--planning-steps', '5'),
    2,
    'has no --planning-steps',
  ],
  ['a step size for weights', () => solve('cliff', '--method', 'mc-off', '--alpha', '0.1'), 2, 'has no --alpha'],
  ['learning without an end or a discount', () => solve('ski', '--method', 'mc', '--gamma', '1'), 2, 'ski never ends'],
  ['planning without an end or a discount', () => solve('ski', '--gamma', '1'), 1, 'the values did not settle'],
  ['the same by policy iteration', () => solve('ski', '--method', 'pi', '--gamma', '1'), 1, 'expected'],
  ['ice on a taxi', () => solve('taxi', '--slippery'), 2, 'taxi has no setting --slippery. It takes --rainy.'],
  ['coins at the hotel', () => solve('ski', '--heads', '0.5'), 2, 'ski has no setting --heads'],
  ['heads above 1', () => solve('gambler', '--heads', '3'), 2, "Got '3'"],
  ['a goal of 1', () => solve('gambler', '--goal', '1'), 2, "Got '1'"],
  ['five moves', () => solve('windy', '--moves', '5'), 2, 'expected 4, 8'],
  ['no MDP file', () => file('none.json'), 1, 'there is no such file'],
  ['a folder for an MDP', () => file('folder'), 1, 'it is a folder'],
  ['text for an MDP', () => file('text.json'), 1, 'is not JSON'],
  ['an empty MDP file', () => file('empty.json'), 1, 'is not JSON'],
  ['an MDP cut off', () => file('cut.json'), 1, 'is not JSON'],
  ['a list for an MDP', () => file('list.json'), 1, 'expected an object'],
  ['null for an MDP', () => file('null.json'), 1, 'expected an object'],
  ['an MDP without anything', () => file('nothing.json'), 1, 'expected'],
  ['probabilities that sum to 0.9', () => file('sum.json'), 1, 'probabilities do not sum to 1 at state a, action go'],
  ['a negative probability', () => file('negative.json'), 1, 'a probability is out of range'],
  ['an unknown next state', () => file('unknown.json'), 1, 'P[a][go] next state'],
  ['a probability in words', () => file('types.json'), 1, 'P[a][go] probability'],
  ['a reward that is null', () => file('reward.json'), 1, 'P[a][go] reward'],
  ['an outcome without a reward', () => file('short.json'), 1, '[p, nextState, reward]'],
  ['a number for outcomes', () => file('flat.json'), 1, 'P[a][go]'],
  ["a file's discount above 1", () => file('gamma.json'), 1, 'discount is out of range'],
  ["a file's discount in words", () => file('gamma-text.json'), 1, 'discount'],
  ['2·10⁹ states', () => file('huge.json'), 1, 'expected at most'],
  ['10⁶ states × 9999 actions', () => file('wide.json'), 1, 'too many pairs of state and action'],
  ['2.5 states', () => file('fraction.json'), 1, 'states'],
  ['−3 states', () => file('minus.json'), 1, 'states'],
  ['a start of 0.4', () => file('initial.json'), 1, 'initial'],
  ['a state twice', () => file('twice.json'), 1, 'a name no other state has'],
  ['rewards for ever', () => file('endless.json'), 1, 'give a smaller --gamma'],
  ['5000 brackets', () => file('deep.json'), 1, 'Got an array of 1; expected an object'],
  ['a setting for a file', () => file('good.json', '--rainy'), 2, 'has no setting --rainy'],
  ['no map file', () => map('none.txt'), 1, 'there is no such file'],
  ['a map without a start', () => map('no-start.txt'), 1, 'has no start. Put an S in it.'],
  ['a map without a goal', () => map('no-goal.txt'), 1, 'has no goal. Put a G in it.'],
  ['a ragged map', () => map('ragged.txt'), 1, 'is ragged: line 1 has 3 cells, line 2 has 2'],
  ['a blank map', () => map('blank.txt'), 1, 'is empty'],
  ['a map with other letters', () => map('letters.txt'), 1, "has the letter 'X' in line 1"],
  ['bytes for a map', () => map('binary.txt'), 1, "the map '"],
  ['a map of a million cells', () => map('wide.txt'), 1, 'expected at most'],
  ['ice with dots', () => solve('frozen-lake', '--map', at('mixed.txt')), 1, 'has . or #'],
  ['a map for the taxi', () => solve('taxi', '--map', at('good.txt')), 2, 'taxi has a map of its own'],
  ['slipping on ice', () => map('good.txt', '--slip', '0.1'), 2, 'a map of ice has no setting --slip'],
  ['ice in a gridworld', () => map('grid.txt', '--slippery'), 2, 'a gridworld map has no setting --slippery'],
  ['an unknown environment', () => play('CartPole-v9', '0'), 2, 'Did you mean CartPole-v'],
  ['no environment', () => ['rl', 'rollout', '--actions', '0'], 2, "required option '--env <id>' not specified"],
  [
    'no actions',
    () => ['rl', 'rollout', '--env', 'CartPole-v1'],
    2,
    "required option '--actions <list>' not specified",
  ],
  ['an action out of range', () => play('CartPole-v1', '0,2'), 2, "action 2 is not one of CartPole-v1's. Got '2'"],
  ['an action below 0', () => play('CartPole-v1', '-1'), 2, "Got '-1'"],
  ['half an action', () => play('FrozenLake-v1', '0.5'), 2, 'whole numbers from 0 to 3'],
  ['a torque in words', () => play('Pendulum-v1', 'left'), 2, 'finite numbers'],
  ['an infinite torque', () => play('Pendulum-v1', 'Infinity'), 2, "Got 'Infinity'"],
  ['no list of actions', () => play('CartPole-v1', ''), 2, "Got ''"],
  ['a trailing comma', () => play('CartPole-v1', '0,1,'), 2, "Got ''"],
  ['too many actions', () => play('Pendulum-v1', '0,'.repeat(1_000_001) + '0'), 2, 'too many actions'],
  ['an action the state does not offer', () => play('gambler', '40', '--state', '10'), 1, 'does not offer this action'],
  ['a state out of range', () => play('FrozenLake-v1', '0', '--state', '16'), 1, 'expected an integer from 0 to 15'],
  ['a state of the wrong length', () => play('CartPole-v1', '0', '--state', '[0, 0]'), 1, 'expected 4 finite numbers'],
  ['a state in words', () => play('CartPole-v1', '0', '--state', 'upright'), 2, '--state cannot be read'],
  ['a state of words', () => play('CartPole-v1', '0', '--state', '["a","b"]'), 2, '--state cannot be read'],
  ['a hand that does not exist', () => play('Blackjack-v1', '0', '--state', '[30, 1, 0]'), 1, 'is not a hand'],
  ['a slippery pole', () => play('CartPole-v1', '0', '--slippery'), 2, 'has no setting --slippery'],
  ['a slippery hotel', () => play('ski', '0', '--slippery'), 2, 'has no setting --slippery'],
  ['an unknown question', () => ['rl', 'compare', 'mc-vs-dt'], 2, 'Did you mean mc-vs-td?'],
  ['a question from Object', () => ['rl', 'compare', 'constructor'], 2, 'unknown question'],
  ['no runs', () => ['rl', 'compare', 'mc-vs-td', '--runs', '0'], 2, 'a whole number from 1'],
  ['an SVG in a file', () => ['rl', 'compare', 'mc-vs-td', '--svg', join(at('good.txt'), 'a.svg')], 1, 'cannot write'],
  ['a folder for an SVG', () => ['rl', 'compare', 'mc-vs-td', '--svg', folder], 1, 'it is a folder'],
  ['an unknown policy', () => watch('ski', '--policy', 'optimum'), 2, 'Did you mean optimal?'],
  ['the best policy without a table', () => watch('CartPole-v1', '--policy', 'optimal'), 2, 'has no table'],
  ['learning to be random', () => watch('ski', '--episodes', '5'), 2, '--policy random learns nothing'],
  ['no frames per second', () => watch('ski', '--fps', '0'), 2, "Got '0'"],
  ['an unknown algorithm', () => ['rl', 'train', 'pop', '--env', 'cartpole'], 2, "'pop'"],
  ['SAC for choices', () => ['rl', 'train', 'sac', '--env', 'cartpole'], 1, 'it cannot act in this space'],
  ['TD3 for tables', () => ['rl', 'train', 'td3', '--env', 'taxi'], 1, 'expected a Box'],
  ['nothing to train in', () => ['rl', 'train', 'ppo'], 2, "required option '--env <id>' not specified"],
  ['training in an unknown environment', () => train('cartpool'), 2, 'Did you mean cartpole?'],
  ['training in a version that there is not', () => train('cartpole-v9'), 2, "unknown environment 'cartpole-v9'"],
  ['no steps', () => train('cartpole', '--steps', '0'), 2, "Got '0'; expected a whole number of 1 or more"],
  ['half an env', () => train('cartpole', '--envs', '1.5'), 2, "Got '1.5'"],
  ['no episodes', () => train('cartpole', '--eval-episodes', '0'), 2, "Got '0'"],
  ['a seed below 0', () => train('cartpole', '--seed', '-1'), 2, "Got '-1'"],
  ['nothing to resume', () => train('cartpole', '--resume', '--out', join(folder, 'none')), 2, 'nothing to resume'],
  [
    'an agent that is not there',
    () => ['rl', 'eval', at('none.safetensors'), '--env', 'cartpole'],
    1,
    'none.safetensors',
  ],
  ['a map for an agent', () => ['rl', 'eval', at('good.txt'), '--env', 'cartpole'], 1, 'not a safetensors file'],
  ['a GIF in a file', () => watch('ski', '--gif', join(at('good.txt'), 'a.gif')), 1, 'cannot write'],
];

describe('bad input to gai rl', () => {
  it.each(CASES)('%s', async (_, args, code, message) => {
    const outcome = await gai(...args());
    expect(outcome.stderr.toLowerCase()).toContain(message.toLowerCase());
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    expect(outcome.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(message.startsWith('Did you') ? 2 : 1);
    expect(outcome.stderr.length).toBeLessThan(700);
    expect(outcome.stdout).toBe('');
  });

  it('--verbose shows the stack', async () => {
    expect((await gai(...file('sum.json'), '--verbose')).stderr).toMatch(/\n\s+at /);
  });

  it.each(['solve', 'train', 'eval', 'rollout', 'compare', 'watch', 'envs'])(
    'gai rl %s --help is no error',
    async (command) => {
      expect(await gai('rl', command, '--help')).toMatchObject({ code: 0, stderr: '' });
    },
  );

  it('a folder without permission', async (context) => {
    await mkdir(at('locked'));
    await chmod(at('locked'), 0o500);
    context.skip(process.getuid?.() === 0, 'the administrator may write anywhere: nothing would be refused');
    const outcome = await gai('rl', 'compare', 'mc-vs-td', '--svg', at('locked/a.svg'));
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toContain('permission denied');
  });
});
