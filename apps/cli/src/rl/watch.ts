import { StateError } from '@gai/core/errors';
import { encodeGif, rollout, seedSequence } from '@gai/rl';
import type { RgbFrame, Rollout } from '@gai/rl';
import { UsageError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { styleFor, usesColor } from '../terminal/style.ts';
import { checkWritable, writeResult } from './files.ts';
import { findMethod } from './methods.ts';
import { openEnv } from './open-env.ts';
import type { OpenEnv } from './open-env.ts';
import { counted } from '../terminal/counted.ts';
import { brief } from './plain.ts';
import { progress } from '../terminal/progress.ts';
import { showFrames } from './show-frames.ts';
import { textFrame } from './text-frame.ts';
import { solveMDP } from './solve-mdp.ts';
import { didYouMean } from '../suggest.ts';

/** Options of `gai rl watch`. */
export interface WatchOptions {
  readonly env: string;
  readonly policy: string;
  readonly episodes?: number;
  readonly seed?: number;
  readonly maxSteps?: number;
  readonly fps?: number;
  readonly slippery?: boolean;
  readonly gif?: string;
  readonly json?: boolean;
}

const POLICIES = ['random', 'optimal', 'q'];
/** More frames than this are not kept for a GIF. */
const MOST_FRAMES = 2000;

type Policy = (observation: unknown) => unknown;

/** `gai rl watch`: one episode, drawn. */
export async function watch(options: WatchOptions, streams: Streams): Promise<void> {
  if (!POLICIES.includes(options.policy)) {
    const hint = didYouMean(options.policy, POLICIES);
    throw new UsageError(
      `unknown policy '${options.policy.slice(0, 60)}'. ${hint}Known policies: ${POLICIES.join(', ')}.`,
    );
  }
  if (options.episodes !== undefined && options.policy !== 'q') {
    throw new UsageError(
      `--policy ${options.policy} learns nothing and has no --episodes. Leave it out, or use --policy q.`,
    );
  }
  const opened = openEnv(options.env, options);
  // A GIF that cannot be written should not cost the learning first.
  if (options.gif !== undefined) checkWritable('rl watch', options.gif);
  const policy = policyOf(opened, options, streams);
  const colour = usesColor(streams.stdout);
  const frames: string[] = [];
  const pictures: RgbFrame[] = [];
  const record = (): void => {
    frames.push(textFrame(opened, colour));
    const picture = options.gif === undefined ? undefined : opened.env.render?.('rgb_array');
    if (typeof picture === 'object') pictures.push({ ...picture, data: Uint8Array.from(picture.data) });
  };
  const played = rollout(opened.env, {
    actions: (observation) => {
      record();
      return policy(observation);
    },
    seed: options.seed ?? 0,
    maxSteps: Math.min(options.maxSteps ?? MOST_FRAMES, options.gif === undefined ? Infinity : MOST_FRAMES),
  });
  record();
  const fps = options.fps ?? (opened.model === undefined ? 30 : 4);
  if (options.gif !== undefined) writeResult('rl watch', options.gif, encodeGif(pictures, { fps }));
  await showFrames(
    frames.map((frame, step) => `${caption(played, step)}\n${frame}`),
    fps,
    streams.stdout,
  );
  streams.stdout.write(summary(opened, options, played, streams));
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
    throw new UsageError(`${name} has no table of transitions, so no --policy ${options.policy}. Use --policy random.`);
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

function caption({ steps }: Rollout<unknown, unknown>, step: number): string {
  const one = steps[step - 1];
  return one === undefined ? 'start' : `step ${step}  action ${brief(one.action)}  reward ${brief(one.reward)}`;
}

function summary(
  { name }: OpenEnv,
  options: WatchOptions,
  { steps, totalReward }: Rollout<unknown, unknown>,
  { stdout }: Streams,
): string {
  const style = styleFor(stdout);
  const last = steps.at(-1);
  const end =
    last?.terminated === true ? 'terminated' : last?.truncated === true ? 'cut off by its step limit' : 'stopped';
  const text = `${style.bold(name)}  ${options.policy} policy: return ${brief(totalReward)} in ${counted(steps.length, 'step')}, ${end}\n`;
  const gif = options.gif === undefined ? '' : `The episode is in ${options.gif}\n`;
  const result = {
    env: name,
    policy: options.policy,
    return: totalReward,
    steps: steps.length,
    terminated: last?.terminated ?? false,
    truncated: last?.truncated ?? false,
  };
  return text + gif + (options.json === true ? `${JSON.stringify(result)}\n` : '');
}
