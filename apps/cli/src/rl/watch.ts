import { StateError } from '@gai/core/errors';
import { seedSequence } from '@gai/rl';
import { UsageError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { findMethod } from './methods.ts';
import { openEnv } from './open-env.ts';
import type { OpenEnv } from './open-env.ts';
import { progress } from '../terminal/progress.ts';
import { checkGif, showEpisode } from './show-episode.ts';
import type { ShowOptions } from './show-episode.ts';
import { solveMDP } from './solve-mdp.ts';
import { didYouMean } from '../suggest.ts';

/** Options of `gai rl watch`. */
export interface WatchOptions extends ShowOptions {
  readonly env?: string;
  readonly policy?: string;
  readonly episodes?: number;
  readonly slippery?: boolean;
  readonly stochastic?: boolean;
}

const POLICIES = ['random', 'optimal', 'q'];

type Policy = (observation: unknown) => unknown;

/** `gai rl watch`: one episode of a policy that needs no file, drawn. */
export async function watch(options: WatchOptions, streams: Streams): Promise<void> {
  const { policy: who = 'random' } = options;
  if (!POLICIES.includes(who)) {
    const hint = didYouMean(who, POLICIES);
    throw new UsageError(`unknown policy '${who.slice(0, 60)}'. ${hint}Known policies: ${POLICIES.join(', ')}.`);
  }
  if (options.episodes !== undefined && who !== 'q') {
    throw new UsageError(`--policy ${who} learns nothing and has no --episodes. Leave it out, or use --policy q.`);
  }
  if (options.stochastic !== undefined) {
    throw new UsageError('--stochastic is for a trained agent. Name its file, or leave it out.');
  }
  if (options.env === undefined) {
    throw new UsageError('nothing to watch. Name the file of a trained agent, or an environment with --env.');
  }
  const opened = openEnv(options.env, options);
  checkGif(options);
  const policy = policyOf(opened, { ...options, policy: who }, streams);
  await showEpisode(opened, { ...options, who, policy }, streams);
}

function policyOf(opened: OpenEnv, options: WatchOptions, streams: Streams): Policy {
  const { env, model, name, learning } = opened;
  const { seed = 0 } = options;
  if (options.policy === 'random') {
    env.actionSpace.seed(seedSequence(seed, 1, [0])[0]!); // not the draws of the env, which has the seed itself
    const offered = model === undefined ? undefined : (state: number) => model.mdp.actions(state);
    return (observation) => randomAction(opened, offered?.(model!.stateOf(observation)));
  }
  if (model === undefined) {
    throw new UsageError(
      `${name} has no table of transitions, so no --policy ${options.policy}. Use --policy random, or name the file of a ` +
        'trained agent.',
    );
  }
  const method = findMethod(options.policy === 'q' ? 'q' : 'vi');
  const bar = progress(streams.stderr, method.title);
  const settings = { ...(options.episodes !== undefined && { episodes: options.episodes }), seed };
  const source = { name, mdp: model.mdp, learning };
  const solved = solveMDP(source, method, options.policy === 'q' ? settings : {}, (part) => bar.update(part));
  bar.end();
  return (observation) => solved.playable[model.stateOf(observation)];
}

/** A random action; where a state offers only some, one of those. */
function randomAction({ env }: OpenEnv, offered: readonly number[] | undefined): unknown {
  const drawn = env.actionSpace.sample();
  if (offered === undefined || typeof drawn !== 'number' || offered.includes(drawn)) return drawn;
  if (offered.length === 0) {
    throw new StateError('rl watch: the episode begins where no action is offered. Choose another environment.', {
      op: 'rl watch',
    });
  }
  return offered[drawn % offered.length];
}
