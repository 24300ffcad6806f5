import { rollout } from '@gai/rl';
import type { Discrete, Env, Transition } from '@gai/rl';
import { tableText } from '@gai/rl/tabular';
import { UsageError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { styleFor } from '../terminal/style.ts';
import { openEnv } from './open-env.ts';
import type { OpenEnv } from './open-env.ts';
import { counted } from '../terminal/counted.ts';
import { brief, plain } from './plain.ts';

/** Options of `gai rl rollout`. */
export interface RolloutEnvOptions {
  readonly env: string;
  readonly actions: string;
  readonly seed?: number;
  readonly state?: string;
  readonly slippery?: boolean;
  readonly start?: boolean;
  readonly json?: boolean;
}

const MOST_ACTIONS = 1_000_000;

/** `gai rl rollout`: plays a list of actions. */
export function rolloutEnv(options: RolloutEnvOptions, streams: Streams): void {
  const opened = openEnv(options.env, options);
  const actions = readActions(options.actions, opened);
  const state = readState(options.state);
  const { seed = 0 } = options;
  const { start, startState, steps, totalReward } = rollout(opened.env, { actions, seed, state });
  const first = { step: 0, observation: start, ...known(startState) };
  const rows = steps.map((one, index) => stepOf(one, index + 1));
  if (options.json === true) {
    const lines = options.start === true ? [first, ...rows] : rows;
    for (const line of lines) streams.stdout.write(`${JSON.stringify(plain(line))}\n`);
  } else {
    const text = table(options.start === true ? [first, ...rows] : rows);
    const style = styleFor(streams.stdout);
    streams.stdout.write(`${style.bold(opened.name)}  seed ${seed}\n\n${text}\n\nreturn ${brief(totalReward)}\n`);
  }
  if (steps.length < actions.length) {
    const rest = actions.length - steps.length;
    streams.stderr.write(
      `Note: the episode ended after ${counted(steps.length, 'step')}; ${counted(rest, 'more action')} ${rest === 1 ? 'was' : 'were'} not played.\n`,
    );
  }
}

/** `{ state }` where the env shows one. */
function known(state: unknown): { state?: unknown } {
  return state === undefined ? {} : { state };
}

function stepOf(one: Transition<unknown, unknown>, step: number): Record<string, unknown> {
  const { action, observation, reward, terminated, truncated, state } = one;
  return { step, action, observation, reward, terminated, truncated, ...known(state) };
}

function table(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const cell = (row: Readonly<Record<string, unknown>>, name: string): string => (name in row ? brief(row[name]) : '');
  const ended = (row: Readonly<Record<string, unknown>>): string =>
    row['terminated'] === true ? 'terminated' : row['truncated'] === true ? 'truncated' : '';
  const columns = ['step', 'action', 'observation', 'reward'];
  return tableText({
    columns: [...columns, 'end'],
    rows: rows.map((row) => [...columns.map((name) => cell(row, name)), ended(row)]),
  });
}

function readActions(text: string, { env, name }: OpenEnv): number[] {
  const parts = text.replace(/^\s*\[|\]\s*$/g, '').split(',');
  if (parts.length > MOST_ACTIONS) {
    throw new UsageError(
      `too many actions. Got ${parts.length}; expected at most ${MOST_ACTIONS}. Play fewer at a time.`,
    );
  }
  return parts.map((part, index) => {
    const action = Number(part);
    if (part.trim() !== '' && isAction(env, action)) return action;
    throw new UsageError(
      `action ${index + 1} is not one of ${name}'s. Got '${part.trim().slice(0, 40)}'; expected ${expected(env)}, as in ` +
        '--actions 0,1,1.',
    );
  });
}

function isAction({ actionSpace }: Env, action: number): boolean {
  return actionSpace.kind === 'Discrete' ? actionSpace.contains(action) : Number.isFinite(action);
}

function expected({ actionSpace }: Env): string {
  if (actionSpace.kind !== 'Discrete') return 'finite numbers with commas between them';
  return `whole numbers from 0 to ${(actionSpace as Discrete).n - 1} with commas between them`;
}

function readState(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const isNumbers = Array.isArray(value) && value.every((one) => typeof one === 'number');
  if (typeof value === 'number' || isNumbers) return value;
  throw new UsageError(
    `--state cannot be read. Got '${text.slice(0, 60)}'; expected a number or an array such as '[0, 0.1]'.`,
  );
}
