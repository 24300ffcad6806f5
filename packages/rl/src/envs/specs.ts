import type { Env } from '../env.ts';
import { Acrobot } from './acrobot.ts';
import { BlackjackEnv } from './blackjack-env.ts';
import { CartPole } from './cart-pole.ts';
import { CliffWalkingEnv } from './cliff-walking-env.ts';
import { MDPTableEnv } from './mdp-table-env.ts';
import { MountainCar } from './mountain-car.ts';
import { MountainCarContinuous } from './mountain-car-continuous.ts';
import { Pendulum } from './pendulum.ts';
import { PixelGrid } from './pixel-grid.ts';
import { PixelCar } from './pixel-car.ts';
import { TaxiEnv } from './taxi-env.ts';
import { frozenLake } from '../tabular/problems/frozen-lake.ts';
import { gambler } from '../tabular/problems/gambler.ts';
import { gridWorld4x4, gridWorld5x5 } from '../tabular/problems/grid-world.ts';
import { jacksCarRental } from '../tabular/problems/jacks-car-rental.ts';
import { blockingMaze, dynaMaze, shortcutMaze } from '../tabular/problems/mazes.ts';
import { randomWalk } from '../tabular/problems/random-walk.ts';
import { maximizationBias, maximizationBiasNoise, shortCorridor, skiResort } from '../tabular/problems/small.ts';
import { windyGridWorld } from '../tabular/problems/windy-grid-world.ts';

/** Settings of an env, passed on to its constructor. */
export type EnvOptions = Readonly<Record<string, unknown>>;

/**
 * An entry of the registry.
 *
 * @category Environments
 * @since 0.1.0
 */
export interface EnvSpec {
  /** Name and version, such as `CartPole-v1`. */
  readonly id: string;
  /** Makes the bare env. */
  readonly create: (options: EnvOptions) => Env;
  /** Names of the settings `create` knows; `make` refuses others. Default: any. */
  readonly options?: readonly string[] | undefined;
  /** Steps per episode before it is truncated. Default none. */
  readonly maxEpisodeSteps?: number | undefined;
  /** Mean return from which Gymnasium calls the env solved. */
  readonly rewardThreshold?: number | undefined;
}

/** Names of settings of FrozenLake and Taxi. */
const LAKE = ['map', 'slippery', 'successRate', 'rewardSchedule'];
const TAXI = ['rainy', 'rainyProbability', 'fickle', 'fickleProbability'];

const CLASSIC: readonly EnvSpec[] = [
  {
    id: 'CartPole-v0',
    options: ['suttonBartoReward'],
    create: (options) => new CartPole(options),
    maxEpisodeSteps: 200,
    rewardThreshold: 195,
  },
  {
    id: 'CartPole-v1',
    options: ['suttonBartoReward'],
    create: (options) => new CartPole(options),
    maxEpisodeSteps: 500,
    rewardThreshold: 475,
  },
  { id: 'Acrobot-v1', options: [], create: () => new Acrobot(), maxEpisodeSteps: 500, rewardThreshold: -100 },
  {
    id: 'MountainCar-v0',
    options: ['goalVelocity'],
    create: (options) => new MountainCar(options),
    maxEpisodeSteps: 200,
    rewardThreshold: -110,
  },
  {
    id: 'MountainCarContinuous-v0',
    options: ['goalVelocity'],
    create: (options) => new MountainCarContinuous(options),
    maxEpisodeSteps: 999,
    rewardThreshold: 90,
  },
  { id: 'Pendulum-v1', options: ['g'], create: (options) => new Pendulum(options), maxEpisodeSteps: 200 },
  { id: 'PixelCar-v0', options: ['size'], create: (options) => new PixelCar(options), maxEpisodeSteps: 250 },
];

const TOY_TEXT: readonly EnvSpec[] = [
  {
    id: 'FrozenLake-v1',
    options: LAKE,
    create: (options) => new MDPTableEnv(frozenLake(options)),
    maxEpisodeSteps: 100,
    rewardThreshold: 0.7,
  },
  {
    id: 'FrozenLake8x8-v1',
    options: LAKE,
    create: (options) => new MDPTableEnv(frozenLake({ map: '8x8', ...options })),
    maxEpisodeSteps: 200,
    rewardThreshold: 0.85,
  },
  { id: 'CliffWalking-v0', options: ['slippery'], create: (options) => new CliffWalkingEnv(options) },
  { id: 'CliffWalking-v1', options: ['slippery'], create: (options) => new CliffWalkingEnv(options) },
  {
    id: 'CliffWalkingSlippery-v1',
    options: ['slippery'],
    create: (options) => new CliffWalkingEnv({ slippery: true, ...options }),
  },
  { id: 'Taxi-v3', options: TAXI, create: (options) => new TaxiEnv(options), maxEpisodeSteps: 200, rewardThreshold: 8 },
  { id: 'Taxi-v4', options: TAXI, create: (options) => new TaxiEnv(options), maxEpisodeSteps: 200, rewardThreshold: 8 },
  { id: 'Blackjack-v1', options: ['sab', 'natural'], create: (options) => new BlackjackEnv(options) },
];

const BOOK: readonly EnvSpec[] = [
  {
    id: 'gai/PixelGrid-v0',
    options: ['size'],
    create: (options) => new PixelGrid(options),
    maxEpisodeSteps: 32,
    rewardThreshold: 0.95,
  },
  { id: 'gai/SkiResort-v0', options: [], create: () => new MDPTableEnv(skiResort()), maxEpisodeSteps: 200 },
  { id: 'gai/GridWorld4x4-v0', options: [], create: () => new MDPTableEnv(gridWorld4x4()), maxEpisodeSteps: 200 },
  { id: 'gai/GridWorld5x5-v0', options: [], create: () => new MDPTableEnv(gridWorld5x5()), maxEpisodeSteps: 200 },
  {
    id: 'gai/WindyGridWorld-v0',
    options: ['moves', 'stochastic'],
    create: (options) => new MDPTableEnv(windyGridWorld(options)),
    maxEpisodeSteps: 1000,
  },
  { id: 'gai/DynaMaze-v0', options: [], create: () => new MDPTableEnv(dynaMaze()), maxEpisodeSteps: 1000 },
  { id: 'gai/BlockingMaze-v0', options: [], create: () => new MDPTableEnv(blockingMaze()[0]), maxEpisodeSteps: 1000 },
  { id: 'gai/ShortcutMaze-v0', options: [], create: () => new MDPTableEnv(shortcutMaze()[0]), maxEpisodeSteps: 1000 },
  {
    id: 'gai/Gambler-v0',
    options: ['headsProbability', 'goal'],
    create: (options) => new MDPTableEnv(gambler(options)),
    maxEpisodeSteps: 1000,
  },
  {
    id: 'gai/JacksCarRental-v0',
    options: ['capacity', 'maxMove', 'modified'],
    create: (options) => new MDPTableEnv(jacksCarRental(options)),
    maxEpisodeSteps: 100,
  },
  {
    id: 'gai/RandomWalk-v0',
    options: ['states', 'jump', 'leftReward', 'rightReward'],
    create: (options) => new MDPTableEnv(randomWalk(options)),
  },
  { id: 'gai/ShortCorridor-v0', options: [], create: () => new MDPTableEnv(shortCorridor()), maxEpisodeSteps: 1000 },
  {
    id: 'gai/MaximizationBias-v0',
    options: ['actions'],
    create: (options) => new MDPTableEnv(maximizationBias(options), { rewardNoise: maximizationBiasNoise }),
  },
];

/** Every env of this package. */
export const BUILT_IN: readonly EnvSpec[] = [...CLASSIC, ...TOY_TEXT, ...BOOK];
