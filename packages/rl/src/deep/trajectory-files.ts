import { DataError, data, getDefaultBackend } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { loadSafetensors, saveSafetensors } from '@gai/core/io';
import { hostLeaf } from '@gai/core/ops';
import { argumentError, show } from '../errors.ts';
import { checkTrajectories } from './trajectory.ts';
import type { Trajectory } from './trajectory.ts';

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

/** The numbers of a tensor, and its sizes. */
interface Column {
  readonly values: readonly number[];
  readonly shape: readonly number[];
}

const COLUMNS = ['observations', 'actions', 'rewards', 'lengths', 'terminations', 'truncations'] as const;
/** How many axes each may have. */
const AXES: Readonly<Record<(typeof COLUMNS)[number], readonly number[]>> = {
  observations: [2],
  actions: [1, 2],
  rewards: [1],
  lengths: [1],
  terminations: [1],
  truncations: [1],
};

async function columnsOf(
  tensors: Readonly<Record<string, Tensor>>,
  broken: (message: string) => Error,
): Promise<Trajectory[]> {
  const all = {} as Record<(typeof COLUMNS)[number], Column>;
  for (const name of COLUMNS) all[name] = await columnOf(name, tensors, broken);
  checkLengths(all, broken);
  return episodesOf(all);
}

async function columnOf(
  name: (typeof COLUMNS)[number],
  tensors: Readonly<Record<string, Tensor>>,
  broken: (message: string) => Error,
): Promise<Column> {
  const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (tensor === undefined) {
    throw broken(`it has no ${name}. Got ${Object.keys(tensors).join(', ')}; expected them, too. Use another file.`);
  }
  const shape = tensor.shape.map(Number);
  if (!AXES[name].includes(shape.length)) {
    const got = `Got ${name} of the sizes [${shape.join(', ')}]; expected ${AXES[name].join(' or ')} axes`;
    throw broken(`${name} are of another form. ${got}. Use another file.`);
  }
  return { values: Array.from(await data(tensor), Number), shape };
}

/** Throws unless lengths are some, before anything is made as long, and all others fit them. */
function checkLengths(
  all: Readonly<Record<(typeof COLUMNS)[number], Column>>,
  broken: (message: string) => Error,
): void {
  const lengths = all.lengths.values;
  const wrong = lengths.find((length) => !Number.isSafeInteger(length) || length < 1);
  if (wrong !== undefined) {
    throw broken(`an episode has no length. Got ${wrong}; expected a whole number of at least 1. Use another file.`);
  }
  const episodes = lengths.length;
  const steps = lengths.reduce((total, length) => total + length, 0);
  const wanted = { observations: steps + episodes, actions: steps, rewards: steps };
  for (const name of COLUMNS) {
    const rows = name in wanted ? wanted[name as keyof typeof wanted] : episodes;
    if (all[name].shape[0] === rows) continue;
    throw broken(`${name} do not fit the lengths. Got ${all[name].shape[0]} rows; expected ${rows}. Use another file.`);
  }
}

function episodesOf({
  observations,
  actions,
  rewards,
  lengths,
  terminations,
  truncations,
}: Readonly<Record<(typeof COLUMNS)[number], Column>>): Trajectory[] {
  const size = observations.shape[1]!;
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
