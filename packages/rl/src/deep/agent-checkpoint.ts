import { DataError, data } from '@gai/core';
import type { Tensor, TypedArray } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { hostLeaf } from '@gai/core/ops';
import { loadCheckpoint } from '@gai/nn/train';
import type { Checkpoint, Json } from '@gai/nn/train';
import { argumentError } from '../errors.ts';
import type { Agent } from './agent.ts';
import type { ActorCritic } from './policy.ts';
import type { RolloutBuffer } from './rollout-buffer.ts';
import type { AgentEnv } from './same-step.ts';
import { givenOptions } from './settings.ts';
import type { NormalizerState, VecNormalize } from './vec-normalize.ts';

/** Where an agent goes on, besides its options. */
export interface AgentLoadOptions<Policy = ActorCritic> {
  /** Envs like those it learned in; they go on where they were, if they can be saved (`getState`). */
  readonly env: AgentEnv;
  /** For an agent with a policy of its own: a module like that, whose weights are replaced. */
  readonly policy?: Policy | undefined;
  /** Default: the default backend's. */
  readonly storage?: Storage | undefined;
}

/** Options as JSON; functions leave a mark. */
export function optionsToJson(options: object): Json {
  return JSON.parse(
    JSON.stringify(options, (_, value: unknown) => (typeof value === 'function' ? { function: true } : value)),
  ) as Json;
}

const isFunctionMark = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as { function?: unknown }).function === true;

/** How {@link loadAgent} makes an agent of a class. */
export interface AgentMaker<Options, Policy, One, Name extends string = 'MlpPolicy'> {
  readonly op: string;
  make(policy: Policy | Name, env: AgentEnv, options: Options): One;
}

/** A file, or what was read from it. */
export type AgentSource = string | Checkpoint;

/** An agent from a file, ready to predict and to go on. */
export async function loadAgent<
  Options extends object,
  One extends Agent,
  Policy = ActorCritic,
  Name extends string = 'MlpPolicy',
>(
  source: AgentSource,
  { env, policy, storage, ...options }: AgentLoadOptions<Policy> & Options,
  { op, make }: AgentMaker<Options, Policy, One, Name>,
): Promise<One> {
  const checkpoint = typeof source === 'string' ? await loadCheckpoint(source, storage) : source;
  const { agent: kind, options: saved, hasOwnPolicy, policy: name } = checkpoint.progress;
  if (kind !== op) {
    throw new DataError(
      `${op}.load: ${typeof source === 'string' ? `'${source}'` : 'the checkpoint'} holds another kind of agent. Got ${String(kind)}; expected ${op}. Load it with its own class.`,
      { op: `${op}.load` },
    );
  }
  if (hasOwnPolicy === true && policy === undefined) {
    throw argumentError(
      `${op}.load`,
      `the agent has a policy of its own. Got no policy; expected a module like it. Pass policy.`,
    );
  }
  const all = { ...(saved as object), ...givenOptions(options) } as Options;
  const lost = Object.entries(all).find(([, value]) => isFunctionMark(value));
  if (lost !== undefined) {
    throw argumentError(
      `${op}.load`,
      `${lost[0]} was a function, which no file holds. Got none; expected it among the options. Pass ${lost[0]} again.`,
    );
  }
  const agent = make(policy ?? ((name ?? 'MlpPolicy') as Name), env, all);
  await agent.restore(checkpoint);
  return agent;
}

/** Throws unless envs are normalised as those were that the agent has learned in. */
export function checkNormalizer(op: string, own: VecNormalize | undefined, saved: NormalizerState | null): void {
  if (saved !== null && own !== undefined) return own.checkStatistics(saved);
  if (saved === null && own === undefined) return;
  throw argumentError(
    `${op}.load`,
    saved === null
      ? 'the agent has learned from envs as they are. Got a VecNormalize; expected none. Pass the envs themselves.'
      : 'the agent has learned from normalised observations. Got envs as they are; expected a VecNormalize. Wrap them: new ' +
          'VecNormalize(envs).',
  );
}

const ARRAYS = [
  'observations',
  'actions',
  'masks',
  'rewards',
  'terminations',
  'truncations',
  'states',
  'starts',
  'values',
  'logProbs',
] as const;
const DTYPES = {
  masks: 'float32',
  observations: 'float32',
  states: 'float32',
  starts: 'float32',
  values: 'float32',
  logProbs: 'float32',
  rewards: 'float64',
  terminations: 'uint8',
  truncations: 'uint8',
} as const;

/** A buffer that is partly filled, as tensors. */
export function bufferTensors(buffer: RolloutBuffer): Record<string, Tensor> {
  if (buffer.position === 0) return {};
  const tensors: Record<string, Tensor> = {};
  for (const name of ARRAYS) {
    const array = buffer[name].slice();
    const dtype = name === 'actions' ? buffer.sizes.actionDType : DTYPES[name];
    if (array.length > 0) tensors[`buffer.${name}`] = hostLeaf(array, { dtype, shape: [array.length] }, false);
  }
  for (const [row, final] of buffer.finals) {
    tensors[`buffer.finals.${row}`] = hostLeaf(final, { dtype: 'float32', shape: [final.length] }, false);
  }
  return tensors;
}

/** What fills a buffer from what {@link bufferTensors} gave; throws unless all of it fits, before anything is filled. */
export async function savedRollout(
  op: string,
  buffer: RolloutBuffer,
  { tensors, position }: { readonly tensors: Checkpoint['tensors']; readonly position: number },
): Promise<() => void> {
  if (position === 0) return () => buffer.clear();
  const { nSteps, numEnvs, observation } = buffer.sizes;
  if (position > nSteps) throw misfit(op, `a rollout of ${position} steps`, `at most ${nSteps}`);
  const arrays = new Map<(typeof ARRAYS)[number], TypedArray>();
  for (const name of ARRAYS) {
    const tensor = tensors[`buffer.${name}`];
    arrays.set(name, await fitting(op, `buffer.${name}`, { tensor, like: buffer[name] }));
  }
  const finals = new Map<number, Float32Array>();
  const like = new Float32Array(observation);
  for (const [name, tensor] of Object.entries(tensors)) {
    const row = /^buffer\.finals\.(\d+)$/.exec(name)?.[1];
    if (row !== undefined) finals.set(Number(row), Float32Array.from(await fitting(op, name, { tensor, like })));
  }
  const [terminations, truncations] = [arrays.get('terminations')!, arrays.get('truncations')!];
  for (let row = 0; row < position * numEnvs; row++) {
    const isCut = truncations[row] !== 0 && terminations[row] === 0;
    if (isCut !== finals.has(row)) throw misfit(op, `buffer.finals.${row}`, 'one for every step that was truncated');
  }
  return () => {
    buffer.clear();
    for (const [name, array] of arrays) buffer[name].set(array as Float32Array);
    for (const [row, final] of finals) buffer.finals.set(row, final);
    buffer.position = position;
  };
}

/** The numbers of a tensor, as many and of the kind of those that they go to; none for none. */
export async function fitting<Numbers extends TypedArray>(
  op: string,
  name: string,
  { tensor, like }: { readonly tensor: Tensor | undefined; readonly like: Numbers },
): Promise<Numbers> {
  const kind = like.constructor.name;
  const expected = `${like.length} numbers of ${kind}`;
  if (tensor === undefined && like.length === 0) return like;
  if (tensor === undefined) throw misfit(op, `no ${name}`, expected);
  const found = await data(tensor);
  if (found.length === like.length && found.constructor.name === kind) return found as Numbers;
  throw misfit(op, `${name} of ${found.length} numbers of ${found.constructor.name}`, expected);
}

const misfit = (op: string, got: string, expected: string): Error =>
  argumentError(
    `${op}.load`,
    `what was seen does not fit. Got ${got}; expected ${expected}. Nothing was changed. Load it with the settings (nSteps, ` +
      'actionMasks) and spaces that it was saved with.',
  );
