import { Variable, data, gather, mean, mul, neg, stack, sub } from '@gai/core';
import { checkOptionNames, hostLeaf } from '@gai/core/ops';
import type { Tensor } from '@gai/core';
import { adam, chain, clipByGlobalNorm } from '@gai/nn/optim';
import { trainStep } from '@gai/nn/train';
import { argumentError, show } from '../errors.ts';
import { Discrete } from '../spaces/discrete.ts';
import { everyNumber } from '../spaces/seeded-space.ts';
import type { Space } from '../spaces/space.ts';
import { checkInteger, checkNumber } from '../tabular/errors.ts';
import { Random } from '../tabular/random.ts';
import { meanOf } from './episode-monitor.ts';
import { OnPolicyAgent } from './on-policy-agent.ts';
import type { ActorCritic } from './policy.ts';
import { permutation } from './ppo.ts';
import type { Trajectory } from './trajectory.ts';

/** Settings of {@link behaviourCloning}. */
export interface BehaviourCloningOptions {
  /** Passes over the steps. Default 10. */
  readonly nEpochs?: number | undefined;
  /** Steps of an update. Default 32. */
  readonly batchSize?: number | undefined;
  /** Adam's. Default 1e-3. */
  readonly learningRate?: number | undefined;
  /** Weight of the entropy: keeps it from being surer than the expert was. Default 1e-3. */
  readonly entCoef?: number | undefined;
  /** Largest norm of the gradient. Default 0.5. */
  readonly maxGradNorm?: number | undefined;
  /** Of the order of the steps. Default: the agent's. */
  readonly seed?: number | undefined;
}

/** What {@link behaviourCloning} gives: means of each pass, first to last. */
export interface BehaviourCloningResult {
  /** `−E[log π(a | s)]` of the expert's actions. */
  readonly negLogProb: readonly number[];
  readonly entropy: readonly number[];
}

const OPTIONS = ['nEpochs', 'batchSize', 'learningRate', 'entCoef', 'maxGradNorm', 'seed'];

/**
 * Trains the policy of an agent to do what an expert did: supervised learning of actions from observations,
 * `−E[log π(a | s)] − c H`.
 *
 * It needs no env and no rewards, and gets no better than the expert; where it strays from what the expert saw, nobody has shown it the
 * way back. The agent can go on from there with `learn`: its value, which nobody has shown either, then begins from nothing.
 *
 * @param agent - Whose policy learns: PPO, A2C or REINFORCE, without action masks. Observations are normalised as it normalises them.
 * @param trajectories - From {@link recordTrajectories} or {@link loadTrajectories}, in an env of the agent's spaces.
 * @throws ArgumentError for an unknown option, another agent, or steps that are not of its spaces.
 * @example
 * import { behaviourCloning, PPO, recordTrajectories } from '@gai/rl/deep';
 * const expert = new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 });
 * const pupil = new PPO('MlpPolicy', 'CartPole-v1', { seed: 1 });
 * const shown = await recordTrajectories(expert, 'CartPole-v1', { episodes: 2, seed: 0 });
 * const { negLogProb } = await behaviourCloning(pupil, shown, { nEpochs: 2 });
 * negLogProb.length; // => 2
 * @see Pomerleau 1991, https://doi.org/10.1162/neco.1991.3.1.88
 * @category Deep agents
 * @since 0.1.0
 */
export async function behaviourCloning(
  agent: OnPolicyAgent,
  trajectories: readonly Trajectory[],
  options: BehaviourCloningOptions = {},
): Promise<BehaviourCloningResult> {
  const op = 'behaviourCloning';
  checkOptionNames(op, options, OPTIONS);
  const { nEpochs = 10, batchSize = 32, learningRate = 1e-3, entCoef = 1e-3, maxGradNorm = 0.5 } = options;
  checkInteger(op, 'nEpochs', [nEpochs, 1, Number.MAX_SAFE_INTEGER]);
  checkInteger(op, 'batchSize', [batchSize, 1, Number.MAX_SAFE_INTEGER]);
  for (const [name, value] of Object.entries({ learningRate, maxGradNorm })) {
    checkNumber(op, name, [value, Number.MIN_VALUE, Infinity]);
  }
  checkNumber(op, 'entCoef', [entCoef, 0, Infinity]);
  checkAgent(op, agent);
  const { observations, actions, rows } = stepsOf(op, agent, trajectories);
  const step = trainStep(
    {
      models: { policy: agent.policy },
      optimizers: { policy: chain(clipByGlobalNorm(maxGradNorm), adam({ learningRate })) },
    },
    ({ policy }: { policy: ActorCritic }, { index }: { readonly index: Tensor }) => {
      const { distribution } = policy.forward(gather(observations, index));
      const missed = neg(mean(distribution.logProb(gather(actions, index))));
      const entropy = mean(distribution.entropy());
      return { losses: { policy: sub(missed, mul(entropy, entCoef)) }, statistics: stack([missed, entropy]) };
    },
    { seed: options.seed ?? agent.seed, dynamicAxes: null },
  );
  const random = new Random(options.seed ?? agent.seed, CLONING);
  const result = { negLogProb: [] as number[], entropy: [] as number[] };
  for (let epoch = 0; epoch < nEpochs; epoch++) {
    const order = permutation(rows, random);
    const batches = Array.from({ length: Math.ceil(rows / batchSize) }, (_, part) => {
      const index = order.slice(part * batchSize, (part + 1) * batchSize);
      return { index: hostLeaf(index, { dtype: 'int32', shape: [index.length] }, false) };
    });
    const { statistics } = await step.many(batches);
    const numbers = Array.from((await data(statistics)) as Float32Array);
    result.negLogProb.push(meanOf(numbers.filter((_, at) => at % 2 === 0)));
    result.entropy.push(meanOf(numbers.filter((_, at) => at % 2 === 1)));
  }
  return result;
}

/** Orders are drawn apart from those of the agent's updates, which are numbered from 0. */
const CLONING = 2 ** 50;

/** All steps of all episodes, where a graph finds them. */
function stepsOf(op: string, agent: OnPolicyAgent, trajectories: readonly Trajectory[]) {
  const { codec, head, env, normalizer } = agent;
  const { singleObservationSpace, singleActionSpace } = env;
  const rows = trajectories.reduce((total, { actions }) => total + actions.length, 0);
  if (rows === 0) throw noSteps(op);
  const observations = new Float32Array(rows * codec.size);
  const width = head.shape.reduce((product, size) => product * size, 1);
  const actions = head.dtype === 'int32' ? new Int32Array(rows * width) : new Float32Array(rows * width);
  let row = 0;
  trajectories.forEach((one, episode) =>
    one.actions.forEach((action, step) => {
      const seen = one.observations[step];
      const isSeen = seen?.length === singleObservationSpace.flatSize && everyNumber(seen, Number.isFinite);
      if (!isSeen || !isOf(singleActionSpace, action, width)) {
        throw foreign(op, { episode, step, action, seen, agent });
      }
      observations.set(codec.encodeOne(singleObservationSpace.unflatten(seen)), row * codec.size);
      actions.set(rowOf(singleActionSpace, action), row++ * width);
    }),
  );
  const shown = normalizer?.normalize(observations) ?? observations;
  const variable = (values: Float32Array | Int32Array, shape: readonly number[], name: string): Variable => {
    const dtype = values instanceof Int32Array ? 'int32' : 'float32';
    return new Variable(hostLeaf(values, { dtype, shape: [rows, ...shape] }, false), name);
  };
  return {
    rows,
    observations: variable(shown, codec.shape, 'observations'),
    actions: variable(actions, head.shape, 'actions'),
  };
}

/** Choices from 0, as the distributions count them. */
const rowOf = (space: Space, action: number | ArrayLike<number>): ArrayLike<number> =>
  space instanceof Discrete ? [Number(action) - space.start] : typeof action === 'number' ? [action] : action;

/** Whether an action is one of the space. Boxes: of its size, as a Gaussian may have left them. */
function isOf(space: Space, action: number | ArrayLike<number>, width: number): boolean {
  if (space instanceof Discrete) return typeof action === 'number' && space.contains(action);
  const numbers = typeof action === 'number' ? [action] : Array.from(action);
  if (numbers.length !== width || !numbers.every((value) => Number.isFinite(value))) return false;
  if (space.kind === 'MultiDiscrete') return space.contains(Int32Array.from(numbers));
  return space.kind !== 'MultiBinary' || space.contains(Int8Array.from(numbers));
}

function checkAgent(op: string, agent: OnPolicyAgent): void {
  if (!(agent instanceof OnPolicyAgent)) {
    const got = show((agent as object | null)?.constructor?.name);
    throw argumentError(
      op,
      `the agent has no policy that could be taught. Got ${got}; expected PPO, A2C or REINFORCE. Pass one.`,
    );
  }
  const { stateSize = 0 } = agent.policy;
  if (stateSize === 0 && agent.maskEntries === 0) return;
  throw argumentError(
    op,
    `the policy needs more than an observation. Got ${stateSize > 0 ? `stateSize ${stateSize}` : 'action masks'}; expected neither. ` +
      'Teach a PPO without them.',
  );
}

const noSteps = (op: string): Error =>
  argumentError(
    op,
    'there is nothing to learn from. Got no steps; expected at least one. Record some with recordTrajectories.',
  );

const foreign = (
  op: string,
  at: {
    readonly episode: number;
    readonly step: number;
    readonly action: unknown;
    readonly seen: ArrayLike<number> | undefined;
    readonly agent: OnPolicyAgent;
  },
): Error =>
  argumentError(
    op,
    `step ${at.step + 1} of episode ${at.episode + 1} is of another env. Got action ${show(at.action)} and ${at.seen?.length ?? 0} numbers seen; ` +
      `expected ${at.agent.env.singleActionSpace.toString()} and ${at.agent.env.singleObservationSpace.flatSize}, all finite. Pass steps of an env ` +
      'like that of the agent.',
  );
