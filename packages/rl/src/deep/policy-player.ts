import { data, jit, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames, hostLeaf } from '@gai/core/ops';
import { Categorical } from '../distributions/categorical.ts';
import { argumentError, show } from '../errors.ts';
import type { BoardGame } from '../multi-agent/board-game.ts';
import type { GamePlayer } from '../multi-agent/game-player.ts';
import type { Generator } from '../random/generator.ts';
import type { ActorCritic } from './policy.ts';

/** Settings of {@link policyPlayer}. */
export interface PolicyPlayerOptions {
  /** Default `'policy'`. */
  readonly name?: string | undefined;
  /** The likeliest move, or a draw. Default false. */
  readonly deterministic?: boolean | undefined;
}

/**
 * A policy as a player of board games, for matches and as an opponent of others, in evaluation. It follows the policy as that learns;
 * an earlier self that stays as it is plays with a copy of it ({@link copyWeights}).
 *
 * @param policy - Over the moves of the game, such as `agent.policy` of one who learned in a `SelfPlayVectorEnv`.
 * @throws ArgumentError for an unknown option, or from `choose` for a policy whose actions are no choices.
 * @example
 * import { PPO, policyPlayer } from '@gai/rl/deep';
 * import { playMatch, randomPlayer, SelfPlayVectorEnv, TicTacToe } from '@gai/rl/multi-agent';
 * const game = new TicTacToe().board;
 * const envs = new SelfPlayVectorEnv(game, { opponents: randomPlayer(), numEnvs: 4 });
 * const agent = new PPO('MlpPolicy', envs, { actionMasks: true, nSteps: 16, seed: 0 });
 * const { wins, draws, losses } = await playMatch(policyPlayer(agent.policy), randomPlayer(), { game, games: 10, seed: 0 });
 * wins + draws + losses; // => 10
 * @category Deep agents
 * @since 0.1.0
 */
export function policyPlayer(policy: ActorCritic, options: PolicyPlayerOptions = {}): GamePlayer {
  checkOptionNames('policyPlayer', options, ['name', 'deterministic']);
  const { name = 'policy', deterministic = false } = options;
  const think = jit(
    (observations: Tensor, mask: Tensor) => {
      const { distribution } = policy.forward(observations, mask);
      if (distribution instanceof Categorical) return distribution.logits;
      throw argumentError(
        'policyPlayer',
        `this policy makes no choices. Got a ${show(distribution.constructor.name)}; expected a Categorical over moves. Pass one.`,
      );
    },
    { dynamicAxes: [['games'], ['games']] },
  );
  const choose = async (games: readonly BoardGame[], random: Generator): Promise<number[]> => {
    const { observations, masks } = rowsOf(games);
    const logits = await data(await inEvaluation(policy, () => think(observations, masks)));
    const { numActions } = games[0]!;
    return games.map((_, index) => {
      const row = Float64Array.from(logits.subarray(index * numActions, (index + 1) * numActions) as Float32Array);
      return deterministic ? row.indexOf(Math.max(...row)) : random.choiceIndex(probabilities(row));
    });
  };
  return { name, choose };
}

/** Calls a compiled function, which looks at the mode when it is called. */
function inEvaluation<Result>(policy: ActorCritic, call: () => Result): Result {
  const back = policy.saveModes();
  policy.eval();
  try {
    return call();
  } finally {
    back();
  }
}

/** What is seen and allowed in each game, as tensors. */
function rowsOf(games: readonly BoardGame[]): { observations: Tensor; masks: Tensor } {
  const { shape, numActions } = games[0]!;
  const size = shape.reduce((product, length) => product * length, 1);
  const observations = new Float32Array(games.length * size);
  const masks = new Float32Array(games.length * numActions);
  games.forEach((game, index) => {
    observations.set(game.observe(game.player), index * size);
    for (const action of game.legalActions()) masks[index * numActions + action] = 1;
  });
  return {
    observations: hostLeaf(observations, { dtype: 'float32', shape: [games.length, ...shape] }, false),
    masks: hostLeaf(masks, { dtype: 'float32', shape: [games.length, numActions] }, false),
  };
}

/** From logarithms, to a sum of 1. */
function probabilities(logits: Float64Array): Float64Array {
  const weights = logits.map(Math.exp);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * Gives one policy the weights that another has now: an earlier self, kept for later.
 *
 * @param from - It may go on learning.
 * @param to - A module like it.
 * @example
 * import { Box, Discrete } from '@gai/rl';
 * import { ActorCriticPolicy, copyWeights } from '@gai/rl/deep';
 * const observationSpace = new Box({ low: 0, high: 1, shape: [4] });
 * const make = () => new ActorCriticPolicy({ observationSpace, actionSpace: new Discrete(2) });
 * await copyWeights(make(), make()); // => undefined
 * @category Deep agents
 * @since 0.1.0
 */
export async function copyWeights(from: ActorCritic, to: ActorCritic): Promise<void> {
  const copies: Record<string, Tensor> = {};
  for (const [name, weights] of Object.entries(from.stateDict())) {
    copies[name] = tensor((await data(weights)).slice(), { shape: weights.shape as readonly number[] });
  }
  to.loadStateDict(copies);
}
