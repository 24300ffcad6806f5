import { DataError, data, getDefaultBackend } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { loadSafetensors, saveSafetensors } from '@gai/core/io';
import { checkOptionNames, hostLeaf } from '@gai/core/ops';
import type { Env } from '../env.ts';
import { argumentError, show } from '../errors.ts';
import { make } from '../registry.ts';
import { checkInteger } from '../tabular/errors.ts';
import type { Agent } from './agent.ts';

/** One episode as it was played: what was seen, done and paid. */
export interface Trajectory {
  /** What was seen, as `space.flatten` gives it; one more than there are actions. */
  readonly observations: readonly ArrayLike<number>[];
  /** What was done, as the env takes it: a number, or several. */
  readonly actions: readonly (number | ArrayLike<number>)[];
  readonly rewards: readonly number[];
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/** Settings of {@link recordTrajectories}. */
export interface RecordTrajectoriesOptions {
  /** Episodes to play. Default 10. */
  readonly episodes?: number | undefined;
  /** The likeliest actions, or draws. Default true. */
  readonly deterministic?: boolean | undefined;
  /** Seed of the first reset. Default: the env goes on with its own generator. */
  readonly seed?: number | undefined;
}

/**
 * Lets an agent play whole episodes and writes down what it saw, did and got: an expert's data for {@link behaviourCloning}.
 *
 * @param agent - Who plays. It learns nothing.
 * @param env - An env, or an id. It is reset.
 * @throws ArgumentError for an unknown option, or a count that is none.
 * @example
 * import { PPO, recordTrajectories } from '@gai/rl/deep';
 * const agent = new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 });
 * const [first] = await recordTrajectories(agent, 'CartPole-v1', { episodes: 2, seed: 0 });
 * first!.observations.length - first!.actions.length; // => 1
 * @category Deep agents
 * @since 0.1.0
 */
export async function recordTrajectories(
  agent: Agent,
  env: Env | string,
  options: RecordTrajectoriesOptions = {},
): Promise<Trajectory[]> {
  checkOptionNames('recordTrajectories', options, ['episodes', 'deterministic', 'seed']);
  const { episodes = 10, deterministic = true, seed } = options;
  checkInteger('recordTrajectories', 'episodes', [episodes, 1, Number.MAX_SAFE_INTEGER]);
  const given = typeof env === 'string' ? make(env) : env;
  const all: Trajectory[] = [];
  for (let episode = 0; episode < episodes; episode++) {
    all.push(await played(agent, given, { deterministic, seed: episode === 0 ? seed : undefined }));
  }
  return all;
}

async function played(
  agent: Agent,
  env: Env,
  { deterministic, seed }: { readonly deterministic: boolean; readonly seed: number | undefined },
): Promise<Trajectory> {
  const state = agent.initialState();
  const observations: ArrayLike<number>[] = [];
  const actions: (number | ArrayLike<number>)[] = [];
  const rewards: number[] = [];
  let { observation, info } = env.reset({ seed });
  for (;;) {
    observations.push(env.observationSpace.flatten(observation));
    const actionMask = agent.maskEntries > 0 ? (info['actionMask'] as ArrayLike<number>) : undefined;
    const action = await agent.predict(observation, { deterministic, state, actionMask });
    const step = env.step(action);
    actions.push(typeof action === 'number' ? action : Array.from(action as ArrayLike<number>));
    rewards.push(step.reward);
    ({ observation, info } = step);
    if (!step.terminated && !step.truncated) continue;
    observations.push(env.observationSpace.flatten(observation));
    return { observations, actions, rewards, terminated: step.terminated, truncated: step.truncated };
  }
}

const storageOf = (op: string, storage: Storage | undefined): Storage => {
  const found = storage ?? getDefaultBackend().storage;
  if (found !== undefined) return found;
  throw argumentError(op, 'the default backend has no files. Got no storage; expected one. Pass storage.');
};

const isJsonl = (op: string, file: string): boolean => {
  if (file.endsWith('.jsonl')) return true;
  if (file.endsWith('.safetensors')) return false;
  throw argumentError(
    op,
    `unknown kind of file. Got ${show(file)}; expected a name that ends in .jsonl or .safetensors. Rename it.`,
  );
};

/**
 * Writes episodes to a file: `.jsonl`, an object a line with the fields of {@link Trajectory}, or `.safetensors`, smaller and read
 * faster: `observations`, `actions` and `rewards` of all episodes one behind the other, `lengths`, `terminations` and `truncations` of
 * each.
 *
 * @throws ArgumentError for a name of another kind, or episodes of different sizes.
 * @example
 * import { PPO, recordTrajectories, saveTrajectories } from '@gai/rl/deep';
 * const agent = new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 });
 * await saveTrajectories('expert.jsonl', await recordTrajectories(agent, 'CartPole-v1', { episodes: 1 }));
 * @category Deep agents
 * @since 0.1.0
 */
export async function saveTrajectories(
  file: string,
  trajectories: readonly Trajectory[],
  storage?: Storage,
): Promise<void> {
  const op = 'saveTrajectories';
  const where = storageOf(op, storage);
  checkTrajectories(trajectories, (message) => argumentError(op, message));
  if (isJsonl(op, file)) {
    const lines = trajectories.map(
      ({ observations, actions, rewards, terminated, truncated }) =>
        `${JSON.stringify({
          observations: observations.map((row) => Array.from(row)),
          actions: actions.map((action) => (typeof action === 'number' ? action : Array.from(action))),
          rewards,
          terminated,
          truncated,
        })}\n`,
    );
    return where.writeAtomic(file, [new TextEncoder().encode(lines.join(''))]);
  }
  const flags = (name: 'terminated' | 'truncated'): Tensor =>
    column(
      Uint8Array.from(trajectories, (one) => Number(one[name])),
      'uint8',
      [],
    );
  const actions = trajectories.flatMap((one) => [...one.actions]);
  const isWhole = actions.every((action) => typeof action === 'number' && Number.isInteger(action));
  const rows = actions.map((action) => (typeof action === 'number' ? [action] : Array.from(action)));
  const shape = typeof actions[0] === 'number' ? [] : [rows[0]!.length];
  await saveSafetensors(where, file, {
    observations: column(
      Float32Array.from(trajectories.flatMap((one) => one.observations.flatMap((row) => Array.from(row)))),
      'float32',
      [trajectories[0]!.observations[0]!.length],
    ),
    actions: isWhole
      ? column(Int32Array.from(rows.flat()), 'int32', shape)
      : column(Float32Array.from(rows.flat()), 'float32', shape),
    rewards: column(Float64Array.from(trajectories.flatMap((one) => [...one.rewards])), 'float64', []),
    lengths: column(
      Int32Array.from(trajectories, (one) => one.actions.length),
      'int32',
      [],
    ),
    terminations: flags('terminated'),
    truncations: flags('truncated'),
  });
}

function column(
  values: Float32Array | Float64Array | Int32Array | Uint8Array,
  dtype: 'float32' | 'float64' | 'int32' | 'uint8',
  shape: readonly number[],
): Tensor {
  const each = shape.reduce((product, size) => product * size, 1);
  return hostLeaf(values, { dtype, shape: [values.length / each, ...shape] }, false);
}

/**
 * Reads episodes that {@link saveTrajectories} wrote, or another program in its form.
 *
 * @throws DataError for a file that holds none, by line and field.
 * @example
 * import { loadTrajectories, PPO, recordTrajectories, saveTrajectories } from '@gai/rl/deep';
 * const agent = new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 });
 * await saveTrajectories('played.safetensors', await recordTrajectories(agent, 'CartPole-v1', { episodes: 3 }));
 * (await loadTrajectories('played.safetensors')).length; // => 3
 * @category Deep agents
 * @since 0.1.0
 */
export async function loadTrajectories(file: string, storage?: Storage): Promise<Trajectory[]> {
  const op = 'loadTrajectories';
  const where = storageOf(op, storage);
  const broken = (message: string): Error => new DataError(`${op}: '${file}': ${message}`, { op });
  if ((await where.size(file)) === undefined)
    throw broken('there is no such file. Got nothing; expected episodes. Check the name.');
  const all = isJsonl(op, file)
    ? linesOf(new TextDecoder().decode(await where.read(file)), broken)
    : await columnsOf((await loadSafetensors(where, file)).tensors, broken);
  checkTrajectories(all, broken);
  return all;
}

function linesOf(text: string, broken: (message: string) => Error): Trajectory[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as Trajectory];
    } catch {
      throw broken(
        `line ${index + 1} is no JSON. Got ${show(line.slice(0, 40))}; expected an object. Mend or remove it.`,
      );
    }
  });
}

async function columnsOf(
  tensors: Readonly<Record<string, Tensor>>,
  broken: (message: string) => Error,
): Promise<Trajectory[]> {
  const read = async (name: string) => {
    const tensor = tensors[name];
    if (tensor !== undefined)
      return { values: Array.from(await data(tensor), Number), shape: tensor.shape.map(Number) };
    throw broken(`it has no ${name}. Got ${Object.keys(tensors).join(', ')}; expected them, too. Use another file.`);
  };
  const [observations, actions, rewards] = [await read('observations'), await read('actions'), await read('rewards')];
  const [lengths, terminations, truncations] = [
    await read('lengths'),
    await read('terminations'),
    await read('truncations'),
  ];
  const steps = lengths.values.reduce((total, length) => total + length, 0);
  const episodes = lengths.values.length;
  const wanted = {
    observations: steps + episodes,
    actions: steps,
    rewards: steps,
    terminations: episodes,
    truncations: episodes,
  };
  for (const [name, column] of Object.entries({ observations, actions, rewards, terminations, truncations })) {
    const rows = wanted[name as keyof typeof wanted];
    if (column.shape[0] === rows) continue;
    throw broken(`${name} do not fit the lengths. Got ${column.shape[0]} rows; expected ${rows}. Use another file.`);
  }
  const size = observations.shape[1] ?? 1;
  const width = actions.shape[1];
  const actionAt = (step: number): number | number[] =>
    width === undefined ? actions.values[step]! : actions.values.slice(step * width, (step + 1) * width);
  let at = 0;
  return lengths.values.map((length, episode) => {
    const first = at;
    at += length;
    const rows = Array.from({ length: length + 1 }, (_, step) => {
      const from = (first + episode + step) * size;
      return observations.values.slice(from, from + size);
    });
    return {
      observations: rows,
      actions: Array.from({ length }, (_, step) => actionAt(first + step)),
      rewards: rewards.values.slice(first, at),
      terminated: terminations.values[episode] !== 0,
      truncated: truncations.values[episode] !== 0,
    };
  });
}

/** Refuses what are no episodes, or not of one kind. */
function checkTrajectories(given: readonly Trajectory[], broken: (message: string) => Error): void {
  if (!Array.isArray(given) || given.length === 0) {
    throw broken('there are no episodes. Got none; expected at least one. Record some with recordTrajectories.');
  }
  const size = given[0]?.observations?.[0]?.length;
  given.forEach((one: Partial<Trajectory> | null, index) => {
    const list = <Name extends 'observations' | 'actions' | 'rewards'>(name: Name): Trajectory[Name] =>
      (Array.isArray(one?.[name]) ? one[name] : []) as Trajectory[Name];
    const [observations, actions, rewards] = [list('observations'), list('actions'), list('rewards')];
    const isWhole =
      actions.length > 0 && observations.length === actions.length + 1 && rewards.length === actions.length;
    const numbers = [
      ...observations.flatMap((row) => Array.from(row ?? [])),
      ...actions.flatMap((x) => (typeof x === 'number' ? [x] : Array.from(x ?? []))),
      ...rewards,
    ];
    const isEven = observations.every((row) => row?.length === size) && numbers.every((x) => Number.isFinite(x));
    if (isWhole && isEven && typeof one!.terminated === 'boolean' && typeof one!.truncated === 'boolean') return;
    throw broken(
      `episode ${index + 1} does not fit. Got ${observations.length} observations, ${actions.length} actions and ${rewards.length} ` +
        `rewards; expected n + 1, n and n, all finite numbers, observations of ${size} each, and whether it was terminated and ` +
        'truncated. Leave it out.',
    );
  });
}
