import { encodeGif } from '@gai/rl';
import type { Streams } from '../streams.ts';
import { counted } from '../terminal/counted.ts';
import { styleFor, usesColor } from '../terminal/style.ts';
import { checkWritable, writeResult } from './files.ts';
import type { OpenEnv } from './open-env.ts';
import { brief } from './plain.ts';
import { playEpisode } from './play-episode.ts';
import type { Played, PlayOptions } from './play-episode.ts';
import { showFrames } from './show-frames.ts';

/** How an episode is shown. */
export interface ShowOptions {
  readonly seed?: number;
  readonly maxSteps?: number;
  readonly fps?: number;
  readonly gif?: string;
  readonly json?: boolean;
}

/** More frames than this are not kept for a GIF. */
const MOST_FRAMES = 2000;

/** A GIF that cannot be written should not cost the learning first. */
export function checkGif({ gif }: ShowOptions): void {
  if (gif !== undefined) checkWritable('rl watch', gif);
}

/** Plays one episode, shows it, and writes it into a GIF if that was asked for. `who` acts. */
export async function showEpisode(
  opened: OpenEnv,
  { who, policy, ...options }: ShowOptions & Pick<PlayOptions, 'policy'> & { readonly who: string },
  { stdout }: Streams,
): Promise<void> {
  const { gif } = options;
  const played = await playEpisode(opened, {
    policy,
    seed: options.seed ?? 0,
    maxSteps: Math.min(options.maxSteps ?? MOST_FRAMES, gif === undefined ? Infinity : MOST_FRAMES),
    colour: usesColor(stdout),
    pictures: gif !== undefined,
  });
  const fps = options.fps ?? (opened.model === undefined ? 30 : 4);
  if (gif !== undefined) writeResult('rl watch', gif, encodeGif([...played.pictures], { fps }));
  await showFrames(
    played.frames.map((frame, step) => `${caption(played, step)}\n${frame}`),
    fps,
    stdout,
  );
  stdout.write(summary(opened, { ...options, who }, played, styleFor(stdout).bold));
}

function caption({ steps }: Played, step: number): string {
  const one = steps[step - 1];
  return one === undefined ? 'start' : `step ${step}  action ${brief(one.action)}  reward ${brief(one.reward)}`;
}

function summary(
  { name }: OpenEnv,
  { who, gif, json }: ShowOptions & { readonly who: string },
  { steps, totalReward }: Played,
  bold: (text: string) => string,
): string {
  const last = steps.at(-1);
  const end =
    last?.terminated === true ? 'terminated' : last?.truncated === true ? 'cut off by its step limit' : 'stopped';
  const text = `${bold(name)}  ${who} policy: return ${brief(totalReward)} in ${counted(steps.length, 'step')}, ${end}\n`;
  const written = gif === undefined ? '' : `The episode is in ${gif}\n`;
  const result = {
    env: name,
    policy: who,
    return: totalReward,
    steps: steps.length,
    terminated: last?.terminated ?? false,
    truncated: last?.truncated ?? false,
  };
  return text + written + (json === true ? `${JSON.stringify(result)}\n` : '');
}
