import { add, div, exportOnnx, maximum, minimum, mul, reshape, spec, sqrt, sub, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { argumentError, show } from '../errors.ts';
import { Box } from '../spaces/box.ts';
import { Discrete } from '../spaces/discrete.ts';
import { isImage } from './observation-codec.ts';
import { OnPolicyAgent } from './on-policy-agent.ts';

/**
 * Writes how an agent acts as an ONNX file that any ONNX Runtime runs, in a page too: `observations` in, the likeliest
 * `action` out, as the env takes it.
 *
 * The normalisation of a {@link VecNormalize} and the division of images by 255 are part of it, so it takes observations as
 * envs give them, as float32: boxes in their shape, choices one-hot, records as one vector. Values, draws and action masks
 * are not.
 *
 * @param agent - Who has learned on-policy.
 * @param path - Where to write, through the default backend's storage.
 * @throws ArgumentError for an agent that learns off-policy, or a policy that remembers.
 * @throws BackendError if the backend has no files, or writing fails.
 * @example
 * import { exportPolicy, PPO } from '@gai/rl/deep';
 * const agent = new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 });
 * await exportPolicy(agent, 'cartpole.onnx');
 * @category Deep agents
 * @since 0.1.0
 */
export async function exportPolicy(agent: OnPolicyAgent, path: string): Promise<void> {
  if (!(agent instanceof OnPolicyAgent)) throw noPolicy(agent);
  if ((agent.policy.stateSize ?? 0) > 0) throw hasMemory(agent);
  const { policy, codec } = agent;
  const act = (observations: Tensor): { readonly action: Tensor } => {
    const { distribution } = policy.forward(prepared(agent, observations));
    return { action: inSpace(agent, distribution.mode()) };
  };
  const back = agent.evaluation();
  await exportOnnx(act, { observations: spec(['batch', ...codec.shape]) }, path).finally(back);
}

/** Observations as the policy has learned from them. */
function prepared({ env, normalizer, codec }: OnPolicyAgent, observations: Tensor): Tensor {
  const floats = isImage(env.singleObservationSpace) ? mul(observations, 1 / 255) : observations;
  if (normalizer === undefined) return floats;
  const { observations: moments, settings } = normalizer.statistics();
  if (!settings.normObs) return floats;
  const constant = (values: readonly number[]): Tensor => tensor(Float32Array.from(values), { shape: codec.shape });
  const scaled = div(sub(floats, constant(moments.mean)), sqrt(add(constant(moments.variance), settings.epsilon)));
  return minimum(maximum(scaled, -settings.clipObs), settings.clipObs);
}

/** Actions as the env takes them. */
function inSpace({ env: { singleActionSpace: space } }: OnPolicyAgent, actions: Tensor): Tensor {
  if (space instanceof Discrete) return space.start === 0 ? actions : add(actions, space.start);
  if (!(space instanceof Box)) return actions;
  const bound = (values: ArrayLike<number>): Tensor => tensor(Float32Array.from(values));
  const { low, high } = space as Box;
  const clipped = minimum(maximum(actions, bound(low)), bound(high));
  return space.shape.length === 1 ? clipped : reshape(clipped, [clipped.shape[0]!, ...space.shape]);
}

const noPolicy = (agent: unknown): Error =>
  argumentError(
    'exportPolicy',
    `this agent has no policy that it could write. Got ${show((agent as object | null)?.constructor.name)}; expected PPO, A2C or ` +
      'REINFORCE. For others, export their network (agent.qNet, agent.policy) with exportOnnx.',
  );

const hasMemory = ({ policy }: OnPolicyAgent): Error =>
  argumentError(
    'exportPolicy',
    `the policy remembers, and the file has no room for a state. Got stateSize ${policy.stateSize}; expected a policy without one. ` +
      'Export policy.forward with exportOnnx, the state among its inputs and outputs.',
  );
