import { ArgumentError } from '@gai/core/errors';
import type { Env, EnvState } from '../env.ts';
import { argumentError } from '../errors.ts';
import { make } from '../registry.ts';
import { SyncVectorEnv } from '../vector/sync-vector-env.ts';
import type { VectorEnv } from '../vector/vector-env.ts';

/** What an agent learns in: several envs, one, or the id of one. */
export type AgentEnv = VectorEnv | Env | string;

/**
 * The env as a vector env that starts finished episodes at once, so that every step belongs to an episode. Envs of this
 * thread are taken as they are, whatever the mode they were put together with.
 *
 * @throws ArgumentError for envs elsewhere (workers) in another mode.
 */
export function sameStep(op: string, given: AgentEnv): VectorEnv {
  const env = typeof given === 'string' ? make(given) : given;
  if (!('numEnvs' in env)) return new SyncVectorEnv([() => env], { autoresetMode: 'same-step' });
  if (env.autoresetMode === 'same-step') return env;
  if (env instanceof SyncVectorEnv) {
    const { envs } = env as SyncVectorEnv<unknown, unknown>;
    return new SyncVectorEnv(
      envs.map((one) => () => one),
      { autoresetMode: 'same-step' },
    );
  }
  throw argumentError(
    op,
    `finished envs start too late. Got autoresetMode '${env.autoresetMode}'; expected 'same-step'. Pass ` +
      "autoresetMode: 'same-step' where the env is made.",
  );
}

/** Puts envs where they were; what they cannot read is an error of the file. */
export function setEnvState(op: string, env: VectorEnv, state: EnvState): void {
  try {
    env.setState!(state);
  } catch (cause) {
    throw new ArgumentError(
      `${op}.load: the envs do not take their saved state. Got ${String(cause)}; expected envs like those that the agent learned in, ` +
        'wrapped alike. Pass such envs.',
      { op: `${op}.load`, cause },
    );
  }
}
