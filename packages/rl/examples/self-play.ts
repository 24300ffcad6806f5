/**
 * PPO learns board games against random moves, minimax and its earlier selves, and writes self-play.results.json.
 *
 * Tic-tac-toe ends once no opponent can beat it: every reply to it is played, from both sides. One more opponent follows the plays
 * that it has lost so, until it loses none: random moves meet some of them too seldom to teach anything. Connect Four is measured by
 * matches, with Wilson's 95 % intervals.
 *
 * `pnpm example rl/self-play tic-tac-toe 0 1 2` or `pnpm example rl/self-play connect-four 0`
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { ActorCriticPolicy, copyWeights, policyPlayer, PPO } from '@gai/rl/deep';
import type { AgentCallback, PPOOptions } from '@gai/rl/deep';
import {
  ConnectFour,
  everyReply,
  minimaxPlayer,
  OpponentPool,
  playMatch,
  randomPlayer,
  SelfPlayVectorEnv,
  TicTacToe,
} from '@gai/rl/multi-agent';
import type { Generator } from '@gai/rl';
import type { BoardGame, GamePlayer } from '@gai/rl/multi-agent';

const smoke = process.argv.includes('--smoke');
const [name = 'tic-tac-toe', ...seeds] = process.argv.slice(2).filter((word) => word !== '--smoke');
const file = new URL('./self-play.results.json', import.meta.url);
setDefaultBackend(await nodeBackend({ threads: 1 }));

interface Setting {
  readonly game: BoardGame;
  /** Who else takes part besides `exploiter`, which knows how to beat the learner. */
  readonly pool: (exploiter: GamePlayer) => OpponentPool;
  readonly netArch: readonly number[];
  readonly ppo: PPOOptions;
  /** Steps at most. */
  readonly steps: number;
  /** Steps from one snapshot to the next. */
  readonly snapshotEvery: number;
  /** Ends once no opponent can beat it. */
  readonly isExhaustive: boolean;
}

const PPO_SETTINGS = { nSteps: 64, batchSize: 512, nEpochs: 4, gamma: 1, gaeLambda: 0.9, actionMasks: true } as const;

const SETTINGS: Readonly<Record<string, Setting>> = {
  'tic-tac-toe': {
    game: new TicTacToe().board,
    pool: (exploiter) =>
      new OpponentPool(
        [
          { player: randomPlayer(), weight: 1 },
          { player: minimaxPlayer({ depth: 9, epsilon: 0.3 }), weight: 1 },
          { player: exploiter, weight: 6 },
        ],
        { snapshotWeight: 0.5, maxSnapshots: 3 },
      ),
    netArch: [128, 128],
    ppo: { ...PPO_SETTINGS, learningRate: 'lin_0.002', entCoef: 0.08, nEpochs: 6 },
    steps: 300_000,
    snapshotEvery: 6_144,
    isExhaustive: true,
  },
  'connect-four': {
    game: new ConnectFour().board,
    pool: () =>
      new OpponentPool(
        [
          { player: randomPlayer(), weight: 1 },
          { player: minimaxPlayer({ depth: 1, epsilon: 0.1 }), weight: 1 },
          { player: minimaxPlayer({ depth: 2, epsilon: 0.2 }), weight: 2 },
        ],
        { snapshotWeight: 2 },
      ),
    netArch: [256, 256],
    ppo: { ...PPO_SETTINGS, learningRate: 5e-4, entCoef: 0.01 },
    steps: 700_000,
    snapshotEvery: 40_960,
    isExhaustive: false,
  },
};

const chosen = SETTINGS[name];
if (chosen === undefined) throw new Error(`There is no game ${name}: ${Object.keys(SETTINGS).join(' or ')}.`);
const { game, isExhaustive, netArch, ppo, pool: makePool, snapshotEvery, steps } = chosen;

/** A position, whoever is to move. */
const position = (board: BoardGame): string => board.observe(0).join('');

/** Follows plays that the learner has lost, and plays any move elsewhere. */
class Exploiter implements GamePlayer {
  readonly name = 'exploiter';
  #traps = new Map<string, number[]>();

  choose(boards: readonly BoardGame[], random: Generator): number[] {
    return boards.map((board) => random.choice(this.#traps.get(position(board)) ?? board.legalActions()));
  }

  /** Forgets the plays before. */
  follow(lost: readonly (readonly number[])[]): void {
    this.#traps = new Map();
    for (const moves of lost) {
      const board = game.copy();
      moves.forEach((move, turn) => {
        // Who has made the last move has won.
        if ((moves.length - turn) % 2 === 1) {
          const known = this.#traps.get(position(board)) ?? [];
          this.#traps.set(position(board), [...known, move]);
        }
        board.play(move);
      });
    }
  }
}

/** Losses among all plays that are possible against the likeliest moves, from both sides. */
async function replies(agent: PPO): Promise<{ plays: number; losses: number; lost: readonly (readonly number[])[] }> {
  const player = policyPlayer(agent.policy, { deterministic: true });
  const sides = [await everyReply(player, { game, seat: 0 }), await everyReply(player, { game, seat: 1 })];
  const sum = (count: (side: (typeof sides)[number]) => number): number =>
    sides.reduce((total, side) => total + count(side), 0);
  return {
    plays: sum(({ wins, draws, losses }) => wins + draws + losses),
    losses: sum(({ losses }) => losses),
    lost: sides.flatMap(({ lost }) => lost),
  };
}

/** Wins, draws and losses of the likeliest moves against others. */
async function matches(agent: PPO, seed: number): Promise<Record<string, unknown>> {
  const player = policyPlayer(agent.policy, { deterministic: true });
  const results: Record<string, unknown> = {};
  for (const [opponent, games] of [
    [randomPlayer(), 1000] as const,
    ...DEPTHS.map((depth) => [against(depth), 400] as const),
  ]) {
    const match = await playMatch(player, opponent, { game, games: smoke ? 10 : games, seed: seed + 1_000_000 });
    const { wins, draws, losses, winRate, interval } = match;
    results[opponent.name] = {
      wins,
      draws,
      losses,
      winRate,
      wilson95: interval.map((bound) => Number(bound.toFixed(4))),
    };
  }
  return results;
}
const DEPTHS = [1, 2, 4];
const against = (depth: number) => minimaxPlayer({ depth });

for (const seed of (seeds.length === 0 ? ['0'] : seeds).map(Number)) {
  const exploiter = new Exploiter();
  const pool = makePool(exploiter);
  const envs = new SelfPlayVectorEnv(game, { opponents: pool, numEnvs: 32 });
  const agent = new PPO('MlpPolicy', envs, { ...ppo, policyKwargs: { netArch }, seed });
  const spaces = { observationSpace: envs.singleObservationSpace, actionSpace: envs.singleActionSpace };
  const curve: (readonly [steps: number, lost: number | undefined])[] = [];
  let next = snapshotEvery;
  const grow: AgentCallback = {
    name: 'self-play',
    async onUpdateEnd({ numTimesteps, stop }, row) {
      if (numTimesteps < next) return;
      next += snapshotEvery;
      const past = new ActorCriticPolicy(spaces, { netArch });
      await copyWeights(agent.policy, past);
      pool.add(policyPlayer(past, { name: `self at ${numTimesteps}` }));
      const all = isExhaustive ? await replies(agent) : undefined;
      if (all !== undefined) exploiter.follow(all.lost);
      const lost = all?.losses ?? row['rollout/ep_rew_mean'];
      curve.push([numTimesteps, lost]);
      console.log(
        `${name} seed ${seed}: ${numTimesteps} steps, ${isExhaustive ? 'plays lost' : 'mean reward'} ${lost}`,
      );
      if (isExhaustive && lost === 0) stop('nobody can beat it');
    },
  };
  const usage = process.cpuUsage();
  const began = performance.now();
  await agent.learn({ totalTimesteps: smoke ? 2048 : steps, callbacks: [grow] });
  const { user, system } = process.cpuUsage(usage);
  const result = {
    ...(isExhaustive ? { ...(await replies(agent)), lost: undefined } : {}),
    matches: await matches(agent, seed),
    steps: agent.numTimesteps,
    seconds: Math.round((performance.now() - began) / 1000),
    processorSeconds: Math.round((user + system) / 1e6),
    curve,
  };
  const all = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>) : {};
  if (!smoke) writeFileSync(file, `${JSON.stringify({ ...all, [`${name} seed ${seed}`]: result }, null, 1)}\n`);
  console.log(`${name} seed ${seed}: ${JSON.stringify({ ...result, curve: undefined })}`);
}
