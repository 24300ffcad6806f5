import { DataError } from '@gai/core/errors';
import { frozenLake, gridWorld, mdpFromJSON } from '@gai/rl/tabular';
import type { MDP } from '@gai/rl/tabular';
import { UsageError } from '../errors.ts';
import { readText } from './files.ts';
import { counted } from '../terminal/counted.ts';
import { SETTING_FLAGS } from './problem.ts';
import type { LearningDefaults, Problem, ProblemSettings } from './problem.ts';
import { FILE_LEARNING, PROBLEMS } from './problems.ts';
import { didYouMean } from '../suggest.ts';

/** Where an MDP comes from: a problem's name, a JSON file or a map. */
export interface SourceOptions extends ProblemSettings {
  readonly mdp?: string;
  readonly map?: string;
}

/** An MDP to solve and how to learn it. */
export interface Source {
  readonly name: string;
  readonly mdp: MDP;
  readonly learning: LearningDefaults;
  readonly rewardNoise?: Problem['rewardNoise'];
}

const OP = 'rl solve';
/** Falling into a pit of a gridworld costs this, or it would be a quick way out. */
const PIT = { H: -100 };
/** Most cells of a map. */
const MOST_CELLS = 1_000_000;

/** The problem of a name or alias; a usage error with the nearest name if there is none. */
export function findProblem(name: string): Problem {
  const wanted = name.toLowerCase();
  const found = PROBLEMS.find((one) => one.name === wanted || one.aliases?.some((a) => a.toLowerCase() === wanted));
  if (found !== undefined) return found;
  const names = PROBLEMS.map((one) => one.name);
  throw new UsageError(
    `unknown problem '${name.slice(0, 60)}'. ${didYouMean(name, names)}Known problems: ${names.join(', ')}.`,
  );
}

/** Refuses settings that `allowed` does not list. */
function checkSettings(what: string, given: ProblemSettings, allowed: readonly (keyof ProblemSettings)[]): void {
  for (const [key, flag] of Object.entries(SETTING_FLAGS) as [keyof ProblemSettings, string][]) {
    if (given[key] === undefined || allowed.includes(key)) continue;
    const flags = allowed.map((one) => SETTING_FLAGS[one]).join(', ');
    throw new UsageError(
      `${what} has no setting ${flag}. ${flags ? `It takes ${flags}.` : 'It takes none.'} Leave it out.`,
    );
  }
}

/** The MDP that the command line asks for. */
export function loadSource(name: string | undefined, options: SourceOptions): Source {
  if (options.mdp !== undefined && (name !== undefined || options.map !== undefined)) {
    throw new UsageError('two problems were given. Give a problem, --mdp FILE or --map FILE, not two of them.');
  }
  if (options.map !== undefined) return fromMap(options.map, name, options);
  if (options.mdp !== undefined) return fromJSON(options.mdp, options);
  if (name === undefined) {
    throw new UsageError('no problem was given. Name one, such as frozen-lake, or give --mdp FILE or --map FILE.');
  }
  const problem = findProblem(name);
  checkSettings(problem.name, options, problem.settings);
  const { learning, rewardNoise } = problem;
  return { name: problem.name, mdp: problem.build(options), learning, rewardNoise };
}

function fromJSON(path: string, options: SourceOptions): Source {
  checkSettings('an MDP from a file', options, []);
  const text = readText(OP, path, 'an MDP as JSON');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const where = (cause as Error).message.split('\n')[0]!.slice(0, 120);
    throw new DataError(
      `${OP}: '${path}' is not JSON: ${where}. Expected one complete JSON object; correct the file.`,
      { op: OP, cause },
    );
  }
  return { name: path, mdp: mdpFromJSON(value), learning: FILE_LEARNING };
}

function mapError(path: string, problem: string, fix: string): DataError {
  return new DataError(`${OP}: the map '${path}' ${problem}. ${fix}`, { op: OP });
}

function readMap(path: string): string[] {
  const rows = readText(OP, path, 'a map: lines of S F H G, or of S . # H G').trimEnd().split(/\r?\n/);
  const width = rows[0]!.length;
  if (width === 0) throw mapError(path, 'is empty', 'Draw lines of S F H G (ice) or S . # H G (grid).');
  const ragged = rows.findIndex((row) => row.length !== width);
  if (ragged >= 0) {
    const problem = `is ragged: line 1 has ${counted(width, 'cell')}, line ${ragged + 1} has ${rows[ragged]!.length}`;
    throw mapError(path, problem, 'Make all lines equally long.');
  }
  if (rows.length * width > MOST_CELLS) {
    throw mapError(
      path,
      `has ${counted(rows.length * width, 'cell')}`,
      `Expected at most ${MOST_CELLS}; draw a smaller one.`,
    );
  }
  const bad = rows.findIndex((row) => /[^SFHG.#]/.test(row));
  if (bad >= 0) {
    const letter = /[^SFHG.#]/.exec(rows[bad]!)![0];
    throw mapError(path, `has the letter '${letter}' in line ${bad + 1}`, 'Expected S, F or ., H, #, G; replace it.');
  }
  for (const [letter, what] of [
    ['S', 'start'],
    ['G', 'goal'],
  ] as const) {
    if (!rows.some((row) => row.includes(letter)))
      throw mapError(path, `has no ${what}`, `Put ${letter === 'S' ? 'an S' : 'a G'} in it.`);
  }
  return rows;
}

/** Maps with walls or dots are gridworlds, maps of S, F, H, G frozen lakes, unless a problem's name decides. */
function fromMap(path: string, name: string | undefined, options: SourceOptions): Source {
  const problem = name === undefined ? undefined : findProblem(name).name;
  if (problem !== undefined && !['frozen-lake', 'frozen-lake-8x8', 'gridworld'].includes(problem)) {
    throw new UsageError(`${problem} has a map of its own. Give --map with frozen-lake, gridworld or alone.`);
  }
  const rows = readMap(path);
  const isGrid = problem === undefined ? rows.some((row) => /[.#]/.test(row)) : problem === 'gridworld';
  if (isGrid) {
    checkSettings('a gridworld map', options, ['slip']);
    return {
      name: path,
      mdp: gridWorld({ map: rows, slip: options.slip, rewards: PIT, name: 'gridworld' }),
      learning: FILE_LEARNING,
    };
  }
  if (rows.some((row) => /[.#]/.test(row)))
    throw mapError(path, 'has . or #, which ice has not', 'Use F for ice, or leave the problem out.');
  checkSettings('a map of ice', options, ['slippery', 'successRate']);
  const { slippery, successRate } = options;
  return { name: path, mdp: frozenLake({ map: rows, slippery, successRate }), learning: FILE_LEARNING };
}
