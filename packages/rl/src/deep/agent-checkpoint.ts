import { DataError, data } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { hostLeaf } from '@gai/core/ops';
import { loadCheckpoint } from '@gai/nn/train';
import type { Checkpoint, Json } from '@gai/nn/train';
import { argumentError } from '../errors.ts';
import type { OnPolicyAgent, PolicyOf } from './on-policy-agent.ts';
import type { ActorCritic } from './policy.ts';
import type { RolloutBuffer } from './rollout-buffer.ts';
import type { AgentEnv } from './same-step.ts';

/** Where an agent goes on, besides its options. */
export interface AgentLoadOptions {
  /** Envs like those it learned in; they go on where they were, if they can be saved (`getState`). */
  readonly env: AgentEnv;
  /** For an agent with a policy of its own: a module like that, whose weights are replaced. */
  readonly policy?: ActorCritic | undefined;
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
export interface AgentMaker<Options, Agent> {
  readonly op: string;
  make(policy: PolicyOf, env: AgentEnv, options: Options): Agent;
}

/** An agent from a file, ready to predict and to go on. */
export async function loadAgent<Options extends object, Agent extends OnPolicyAgent>(
  file: string,
  { env, policy, storage, ...options }: AgentLoadOptions & Options,
  { op, make }: AgentMaker<Options, Agent>,
): Promise<Agent> {
  const checkpoint = await loadCheckpoint(file, storage);
  const { agent: kind, options: saved, hasOwnPolicy } = checkpoint.progress;
  if (kind !== op) {
    throw new DataError(
      `${op}.load: '${file}' holds another kind of agent. Got ${String(kind)}; expected ${op}. Load it with its own class.`,
      { op: `${op}.load` },
    );
  }
  if (hasOwnPolicy === true && policy === undefined) {
    throw argumentError(
      `${op}.load`,
      `the agent has a policy of its own. Got no policy; expected a module like it. Pass policy.`,
    );
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const all = { ...(saved as object), ...given } as Options;
  const lost = Object.entries(all).find(([, value]) => isFunctionMark(value));
  if (lost !== undefined) {
    throw argumentError(
      `${op}.load`,
      `${lost[0]} was a function, which no file holds. Got none; expected it among the options. Pass ${lost[0]} again.`,
    );
  }
  const agent = make(policy ?? 'MlpPolicy', env, all);
  await agent.restore(checkpoint);
  return agent;
}

const ARRAYS = ['observations', 'actions', 'masks', 'rewards', 'terminations', 'truncations'] as const;
const DTYPES = {
  masks: 'float32',
  observations: 'float32',
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

/** Fills a buffer from what {@link bufferTensors} gave. */
export async function loadBuffer(
  buffer: RolloutBuffer,
  tensors: Checkpoint['tensors'],
  position: number,
): Promise<void> {
  buffer.clear();
  if (position === 0) return;
  for (const name of ARRAYS) {
    const tensor = tensors[`buffer.${name}`];
    if (tensor !== undefined) buffer[name].set((await data(tensor)) as Float32Array);
  }
  for (const [name, tensor] of Object.entries(tensors)) {
    const row = /^buffer\.finals\.(\d+)$/.exec(name)?.[1];
    if (row !== undefined) buffer.finals.set(Number(row), Float32Array.from((await data(tensor)) as Float32Array));
  }
  buffer.position = position;
}
