import { Argument, Command, Option } from 'commander';
import { deviceOption, jsonOption, threadsOption, verboseOption, wholeNumber } from '../options.ts';
import { ALGORITHMS, METHOD_NAMES, PROBLEM_NAMES } from '../rl/names.ts';
import type { Algorithm } from '../rl/names.ts';
import { isAgentQuestion } from '../rl/questions.ts';
import type { CompareRunsOptions } from '../rl/show-comparison.ts';
import type { EvalAgentOptions } from '../rl/eval-agent.ts';
import { moveSet, numberBetween, rate, wholeBetween } from '../rl/numbers.ts';
import type { RolloutEnvOptions } from '../rl/rollout.ts';
import type { SolveOptions } from '../rl/solve.ts';
import type { TrainAgentOptions } from '../rl/train-agent.ts';
import type { WatchAgentOptions } from '../rl/watch-agent.ts';
import type { WatchOptions } from '../rl/watch.ts';
import { load } from '../load.ts';
import type { Streams } from '../streams.ts';

const SOLVE_HELP = `
Problems: ${PROBLEM_NAMES.join(', ')}.
Methods:  ${METHOD_NAMES.join(', ')}.
A rate written 0.5:0.01 falls from the first number to the second while learning.

An MDP as JSON:  {"gamma": 0.9, "P": {"on": {"stay": [[1, "on", 1]], "stop": [[1, "off", 0, true]]}, "off": {}}}
  with outcomes [probability, next state, reward, ends the episode]; Gymnasium's P and lists of transitions also work.
A map: equally long lines of S start, F ice, H hole, G goal; or with . free and # wall for a gridworld
  (−1 per step, −100 for a pit H).

Examples
  $ gai rl solve frozen-lake
  $ gai rl solve cliff --method sarsa --episodes 1000 --seed 1
  $ gai rl solve windy --moves 8
  $ gai rl solve --map lake.txt --no-slippery --json
`;

/** `gai rl`: reinforcement learning. */
export function rlCommand(streams: Streams): Command {
  const rl = new Command('rl').description(
    'Reinforcement learning: solve MDPs, train agents, play environments, compare methods.',
  );
  rl.addCommand(solveCommand(streams));
  rl.addCommand(trainAgentCommand(streams));
  rl.addCommand(evalAgentCommand(streams));
  rl.addCommand(rolloutCommand(streams));
  rl.addCommand(compareCommand(streams));
  rl.addCommand(watchCommand(streams));
  rl.command('envs')
    .description('List the environments and the problems.')
    .addOption(jsonOption())
    .action(async (options: { json?: boolean }) =>
      (await load(() => import('../rl/envs.ts'), 'rl')).listEnvs(options, streams),
    );
  return rl;
}

const seedOption = (): Option => new Option('--seed <number>', 'fixes every draw').argParser(wholeNumber(0));

/** The settings of problems, for every command that takes a problem. */
function problemOptions(command: Command): Command {
  return command
    .option('--slippery', 'ice and cliff: moves may slip to the side')
    .option('--no-slippery', 'every move goes where it is meant to')
    .addOption(new Option('--success-rate <p>', 'ice: probability of no slip').argParser(numberBetween(0, 1)))
    .option('--rainy', 'taxi: moves may drift')
    .addOption(new Option('--heads <p>', 'gambler: probability of heads').argParser(numberBetween(0, 1)))
    .addOption(new Option('--goal <count>', 'gambler: the capital to reach').argParser(wholeBetween(2, 10_000)))
    .addOption(new Option('--moves <count>', 'windy: 4, 8 (king) or 9 (and staying)').argParser(moveSet))
    .option('--stochastic', 'windy: the wind varies')
    .addOption(new Option('--states <count>', 'random walk: how long').argParser(wholeBetween(1, 100_000)))
    .option('--modified', "Jack's car rental: the costs of exercise 4.7")
    .option('--natural', 'blackjack: a natural pays 1.5')
    .addOption(new Option('--slip <p>', 'gridworld map: probability of slipping').argParser(numberBetween(0, 1)));
}

function solveCommand(streams: Streams): Command {
  const command = new Command('solve')
    .description('Find the best values and policy of a problem, from its table or by learning.')
    .argument('[problem]', 'a problem by name')
    .option('--mdp <file>', 'an MDP from a JSON file instead')
    .option('--map <file>', 'a map from a text file instead')
    .option('--method <name>', 'how to solve it', 'vi')
    .addOption(new Option('--gamma <number>', "discount (default: the problem's)").argParser(numberBetween(0, 1)))
    .addOption(new Option('--episodes <count>', 'episodes to learn from').argParser(wholeBetween(1, 100_000_000)))
    .addOption(new Option('--alpha <rate>', 'step size').argParser(rate('exponential')))
    .addOption(new Option('--epsilon <rate>', 'probability of a random action').argParser(rate('linear')))
    .addOption(
      new Option('--max-steps <count>', 'cut episodes off after so many').argParser(wholeBetween(1, 10_000_000)),
    )
    .addOption(
      new Option('--n <count>', 'n-step methods: steps before bootstrapping').argParser(wholeBetween(1, 10_000)),
    )
    .addOption(new Option('--lambda <number>', 'methods with traces').argParser(numberBetween(0, 1)))
    .addOption(new Option('--planning-steps <count>', 'Dyna methods').argParser(wholeBetween(0, 100_000)))
    .addOption(seedOption());
  return problemOptions(command)
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', SOLVE_HELP)
    .action(async (problem: string | undefined, options: SolveOptions) =>
      (await load(() => import('../rl/solve.ts'), 'rl')).solve(problem, options, streams),
    );
}

const TRAIN_HELP = `
Settings are those of RL Baselines3 Zoo for the environment, where there are some (reinforce: our own); --no-preset takes the algorithm's defaults.
The agent is saved every half minute and at the end. Ctrl-C saves it after its step and ends with exit code 130; --resume goes
on from there, bit for bit, with the algorithm, environment, seed and settings that the run was begun with.

Writes to the output folder
  last.safetensors    the agent, which --resume and gai rl eval read
  log.csv             Stable-Baselines3's numbers, one row per update (dqn, sac, td3: per 4 episodes)

Examples
  $ gai rl train ppo --env cartpole
  $ gai rl train ppo --env cartpole --steps 100000 --seed 1 --json
  $ gai rl train a2c --env Acrobot-v1 --out runs/acrobot --resume
  $ gai rl train sac --env pendulum
`;

function trainAgentCommand(streams: Streams): Command {
  return new Command('train')
    .description('Train an agent with a network in an environment.')
    .addArgument(new Argument('<algorithm>', 'how it learns').choices(ALGORITHMS))
    .requiredOption('--env <id>', 'an environment (see gai rl envs)')
    .addOption(new Option('--steps <count>', 'steps of all envs (default: by preset)').argParser(wholeNumber(1)))
    .addOption(new Option('--seed <number>', 'fixes every draw (default: 0)').argParser(wholeNumber(0)))
    .addOption(new Option('--envs <count>', 'envs side by side (default: by preset)').argParser(wholeBetween(1, 1024)))
    .option('--preset', 'the tuned settings of the environment, which is the default', true)
    .option('--no-preset', "take the algorithm's defaults")
    .addOption(deviceOption().default('cpu'))
    .addOption(threadsOption().default(1))
    .addOption(
      new Option('--eval-episodes <count>', 'episodes of the evaluation')
        .argParser(wholeBetween(1, 100_000))
        .default(100),
    )
    .option('--out <folder>', 'where the results go (default: runs/ALGORITHM-ENV)')
    .option('--resume', 'go on from the agent in the output folder')
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', TRAIN_HELP)
    .action(async (algorithm: Algorithm, options: TrainAgentOptions) =>
      (await load(() => import('../rl/train-agent.ts'), 'agents')).trainAgent(algorithm, options, streams),
    );
}

const EVAL_HELP = `
Example
  $ gai rl eval runs/ppo-CartPole-v1/last.safetensors --env cartpole --json
`;

function evalAgentCommand(streams: Streams): Command {
  return new Command('eval')
    .description('Play whole episodes with a trained agent.')
    .argument('<file>', 'what gai rl train has written')
    .requiredOption('--env <id>', 'the environment it was trained in')
    .addOption(new Option('--episodes <count>', 'how many').argParser(wholeBetween(1, 100_000)).default(100))
    .addOption(seedOption())
    .option('--stochastic', 'draw actions instead of taking the likeliest')
    .addOption(deviceOption().default('cpu'))
    .addOption(threadsOption().default(1))
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', EVAL_HELP)
    .action(async (file: string, options: EvalAgentOptions) =>
      (await load(() => import('../rl/eval-agent.ts'), 'agents')).evalAgent(file, options, streams),
    );
}

const ROLLOUT_HELP = `
With --json every step is one line:
  {"step":1,"action":…,"observation":…,"reward":…,"terminated":…,"truncated":…,"state":…}

Examples
  $ gai rl rollout --env CartPole-v1 --seed 42 --actions 0,1,1,0
  $ gai rl rollout --env Pendulum-v1 --state '[3.14, 0]' --actions -2,0.5,2 --json
`;

function rolloutCommand(streams: Streams): Command {
  return new Command('rollout')
    .description('Play a list of actions and show every step.')
    .requiredOption('--env <id>', 'an environment (see gai rl envs) or a problem')
    .requiredOption('--actions <list>', 'numbers with commas between them')
    .addOption(seedOption())
    .option('--state <json>', 'start from this state: a number or a JSON array')
    .option('--slippery', 'moves may slip to the side')
    .option('--no-slippery', 'every move goes where it is meant to')
    .option('--start', 'also show the reset, as step 0')
    .option('--json', 'print one line of JSON per step')
    .addOption(verboseOption())
    .addHelpText('after', ROLLOUT_HELP)
    .action(async (options: RolloutEnvOptions) =>
      (await load(() => import('../rl/rollout.ts'), 'rl')).rolloutEnv(options, streams),
    );
}

const COMPARE_HELP = `
On tables, 100 runs per method: mc-vs-td, on-vs-off, model-based-vs-model-free.
On agents with networks, 3 runs per agent, one to five minutes of one core, over steps and over seconds:
  policy-gradient-vs-value  PPO, A2C and REINFORCE against DQN
  sample-efficiency         PPO against SAC and TD3, on- against off-policy
  baseline                  REINFORCE with and without one
  gae-lambda                PPO with λ from 0 to 1
  ppo-clip                  PPO with and without its clip

Examples
  $ gai rl compare on-vs-off --svg cliff.svg
  $ gai rl compare ppo-clip --share 0.3
`;

function compareCommand(streams: Streams): Command {
  return new Command('compare')
    .description('Measure a question of the course: curves and a table of many runs.')
    .argument('<question>', 'mc-vs-td, on-vs-off, … ppo-clip (see below)')
    .addOption(
      new Option('--runs <count>', 'runs per method (default: 100, of agents 3)').argParser(wholeBetween(1, 100_000)),
    )
    .addOption(seedOption())
    .addOption(
      new Option('--share <number>', 'agents: the share of its steps that each is given').argParser(
        numberBetween(0.001, 1),
      ),
    )
    .option('--svg <file>', 'also draw the curves into an SVG file (of agents two: over steps, over seconds)')
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', COMPARE_HELP)
    .action(async (question: string, options: CompareRunsOptions) => {
      if (isAgentQuestion(question)) {
        const { compareAgentRuns } = await load(() => import('../rl/compare-agents.ts'), 'agents');
        return compareAgentRuns(question, options, streams);
      }
      return (await load(() => import('../rl/compare.ts'), 'rl')).compareRuns(question, options, streams);
    });
}

const WATCH_HELP = `
With a FILE that gai rl train has written the agent in it plays, where it has learned; without one, --policy acts in --env.

Examples
  $ gai rl watch runs/ppo-CartPole-v1/last.safetensors
  $ gai rl watch runs/sac-Pendulum-v1/last.safetensors --gif pendulum.gif
  $ gai rl watch --env frozen-lake --policy optimal
  $ gai rl watch --env Taxi-v3 --policy q --gif taxi.gif
`;

function watchCommand(streams: Streams): Command {
  return new Command('watch')
    .description('Watch an episode in the terminal, or record it as an animated GIF.')
    .argument('[file]', 'a trained agent')
    .option('--env <id>', 'an environment (see gai rl envs) or a problem')
    .option('--policy <name>', 'who acts without a file: random, optimal or q (learned now) (default: random)')
    .option('--stochastic', 'a trained agent: draw actions instead of taking the likeliest')
    .addOption(new Option('--episodes <count>', 'q: episodes to learn from').argParser(wholeBetween(1, 10_000_000)))
    .addOption(seedOption())
    .addOption(new Option('--max-steps <count>', 'stop after so many steps').argParser(wholeBetween(1, 100_000)))
    .addOption(new Option('--fps <number>', 'frames per second').argParser(numberBetween(0.1, 50)))
    .option('--slippery', 'moves may slip to the side')
    .option('--no-slippery', 'every move goes where it is meant to')
    .option('--gif <file>', 'write the episode into an animated GIF')
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', WATCH_HELP)
    .action(async (file: string | undefined, options: WatchOptions & WatchAgentOptions) => {
      if (file === undefined) {
        return (await load(() => import('../rl/watch.ts'), 'rl')).watch(options, streams);
      }
      return (await load(() => import('../rl/watch-agent.ts'), 'agents')).watchAgent(file, options, streams);
    });
}
