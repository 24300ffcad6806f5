import { makeVec } from '@gai/rl';
import { evaluatePolicy } from '@gai/rl/deep';
import { withBackend } from '../with-backend.ts';
import type { Streams } from '../streams.ts';
import { loadedAgent, savedAgent } from './agent.ts';
import { envIdOf } from './env-id.ts';
import { EVALUATION_SEED } from './train-agent.ts';

/** Options of `gai rl eval`. */
export interface EvalAgentOptions {
  readonly env: string;
  readonly episodes: number;
  readonly seed?: number;
  readonly stochastic?: boolean;
  readonly device: string;
  readonly threads: number;
  readonly json?: boolean;
}

/** `gai rl eval`: plays whole episodes with a saved agent. */
export async function evalAgent(file: string, options: EvalAgentOptions, streams: Streams): Promise<void> {
  const id = envIdOf(options.env);
  await withBackend(options, async () => {
    const agent = await loadedAgent(await savedAgent(file, { env: id }), id);
    const { episodes, seed = EVALUATION_SEED, stochastic } = options;
    const envs = makeVec(id, { numEnvs: Math.min(10, episodes), autoresetMode: 'same-step' });
    const { mean, std, returns } = await evaluatePolicy(agent, envs, {
      episodes,
      seed,
      deterministic: stochastic !== true,
    });
    streams.stdout.write(
      `${id}: mean return ${mean.toFixed(2)} ± ${std.toFixed(2)} over ${episodes} episodes, ` +
        `from ${Math.min(...returns)} to ${Math.max(...returns)}\n`,
    );
    if (options.json !== true) return;
    streams.stdout.write(
      `${JSON.stringify({ meanReturn: mean, stdReturn: std, episodes, steps: agent.numTimesteps })}\n`,
    );
  });
}
