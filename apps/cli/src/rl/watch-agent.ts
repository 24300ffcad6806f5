import { UsageError } from '../errors.ts';
import { withBackend } from '../with-backend.ts';
import type { Streams } from '../streams.ts';
import { loadedAgent, savedAgent } from './agent.ts';
import { envIdOf } from './env-id.ts';
import { openEnv } from './open-env.ts';
import { checkGif, showEpisode } from './show-episode.ts';
import type { ShowOptions } from './show-episode.ts';

/** Options of `gai rl watch FILE`. */
export interface WatchAgentOptions extends ShowOptions {
  readonly env?: string;
  readonly stochastic?: boolean;
  readonly policy?: string;
  readonly episodes?: number;
  readonly slippery?: boolean;
}

/** `gai rl watch FILE`: one episode of a trained agent, drawn. */
export async function watchAgent(file: string, options: WatchAgentOptions, streams: Streams): Promise<void> {
  for (const name of ['policy', 'episodes', 'slippery'] as const) {
    if (options[name] === undefined) continue;
    throw new UsageError(`the agent of the file acts, and learns nothing: it has no --${name}. Leave it out.`);
  }
  await withBackend({ device: 'cpu', threads: 1 }, async () => {
    const saved = await savedAgent(file, { env: options.env === undefined ? undefined : envIdOf(options.env) });
    const id = options.env === undefined ? saved.run.env : envIdOf(options.env);
    if (id === undefined) {
      throw new UsageError(`'${file}' does not say where its agent has learned. Name the environment with --env.`);
    }
    const opened = openEnv(id, {});
    checkGif(options);
    const agent = await loadedAgent(saved, id);
    const deterministic = options.stochastic !== true;
    const policy = (observation: unknown): Promise<unknown> => agent.predict(observation, { deterministic });
    await showEpisode(opened, { ...options, who: saved.run.algorithm, policy }, streams);
  });
}
