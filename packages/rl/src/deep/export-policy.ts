import { add, div, exportOnnx, maximum, minimum, mul, reshape, spec, sqrt, sub, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { argumentError, show } from '../errors.ts';
import { Box } from '../spaces/box.ts';
import { Discrete } from '../spaces/discrete.ts';
import { isImage } from './observation-codec.ts';
import { OffPolicyAgent } from './off-policy-agent.ts';
import { OnPolicyAgent } from './on-policy-agent.ts';

type Exportable = OnPolicyAgent | OffPolicyAgent;

/**
 * Writes how an agent acts as an ONNX file that any ONNX Runtime runs, in a page too: `observations` in, the likeliest
 * `action` out, as the env takes it.
 *
 * The normalisation of a {@link VecNormalize} and the division of images by 255 are part of it, so it takes observations as
 * envs give them, as float32: boxes in their shape, choices one-hot, records as one vector. Values, draws and action masks
 * are not.
 *
 * @param agent - Who has learned: PPO, A2C, REINFORCE, DQN, SAC or TD3.
 * @param path - Where to write, through the default backend's storage.
 * @throws ArgumentError for something else, or a policy that remembers.
 * @throws BackendError if the backend has no files, or writing fails.
 * @example
 * import { exportPolicy, PPO } from '@gai/rl/deep';
 * const agent = new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 });
 * await exportPolicy(agent, 'cartpole.onnx');
 * @category Deep agents
 * @since 0.1.0
 */
export async function exportPolicy(agent: Exportable, path: string): Promise<void> {
  if (!(agent instanceof OnPolicyAgent || agent instanceof OffPolicyAgent)) throw noPolicy(agent);
  if (agent instanceof OnPolicyAgent && (agent.policy.stateSize ?? 0) > 0) throw hasMemory(agent);
  const act = (observations: Tensor): { readonly action: Tensor } => ({
    action: inSpace(agent, greedy(agent, prepared(agent, observations))),
  });
  const back = agent.evaluation();
  await exportOnnx(act, { observations: spec(['batch', ...agent.codec.shape]) }, path).finally(back);
}

/** The likeliest actions, as the networks have them. */
function greedy(agent: Exportable, observations: Tensor): Tensor {
  if (agent instanceof OffPolicyAgent) return agent.greedy(observations);
  return agent.policy.forward(observations).distribution.mode();
}

/** Observations as the policy has learned from them. */
function prepared({ env, normalizer, codec }: Exportable, observations: Tensor): Tensor {
  const floats = isImage(env.singleObservationSpace) ? mul(observations, 1 / 255) : observations;
  if (normalizer === undefined) return floats;
  const { observations: moments, settings } = normalizer.statistics();
  if (!settings.normObs) return floats;
  const constant = (values: readonly number[]): Tensor => tensor(Float32Array.from(values), { shape: codec.shape });
  const scaled = div(sub(floats, constant(moments.mean)), sqrt(add(constant(moments.variance), settings.epsilon)));
  return minimum(maximum(scaled, -settings.clipObs), settings.clipObs);
}

/** Actions as the env takes them. */
function inSpace(agent: Exportable, actions: Tensor): Tensor {
  const space = agent.env.singleActionSpace;
  if (space instanceof Discrete) return space.start === 0 ? actions : add(actions, space.start);
  if (!(space instanceof Box)) return actions;
  const { low, high } = space as Box;
  const [least, most] = [low, high].map((bound) => tensor(Float32Array.from(bound))) as [Tensor, Tensor];
  // Off-policy agents have boxes scaled to [−1, 1].
  const given =
    agent instanceof OffPolicyAgent ? add(least, mul(mul(add(actions, 1), 0.5), sub(most, least))) : actions;
  const clipped = minimum(maximum(given, least), most);
  return space.shape.length === 1 ? clipped : reshape(clipped, [clipped.shape[0]!, ...space.shape]);
}

const noPolicy = (agent: unknown): Error =>
  argumentError(
    'exportPolicy',
    `this agent has no policy that it could write. Got ${show((agent as object | null)?.constructor.name)}; expected PPO, A2C, ` +
      'REINFORCE, DQN, SAC or TD3. Export the network of others with exportOnnx.',
  );

const hasMemory = ({ policy }: OnPolicyAgent): Error =>
  argumentError(
    'exportPolicy',
    `the policy remembers, and the file has no room for a state. Got stateSize ${policy.stateSize}; expected a policy without one. ` +
      'Export policy.forward with exportOnnx, the state among its inputs and outputs.',
  );
