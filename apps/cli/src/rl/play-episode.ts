import type { RgbFrame } from '@gai/rl';
import { textFrame } from './text-frame.ts';
import type { OpenEnv } from './open-env.ts';

/** One step as it is shown. */
export interface PlayedStep {
  readonly action: unknown;
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/** An episode that was played, and what it looked like: one frame more than steps. */
export interface Played {
  readonly steps: readonly PlayedStep[];
  readonly totalReward: number;
  readonly frames: readonly string[];
  /** Empty unless they were asked for. */
  readonly pictures: readonly RgbFrame[];
}

/** How an episode is played. */
export interface PlayOptions {
  /** Who acts; waited for. */
  readonly policy: (observation: unknown) => unknown;
  readonly seed: number;
  readonly maxSteps: number;
  readonly colour: boolean;
  readonly pictures: boolean;
}

/** Plays one episode and keeps every moment of it. */
export async function playEpisode(opened: OpenEnv, options: PlayOptions): Promise<Played> {
  const { env } = opened;
  const steps: PlayedStep[] = [];
  const frames: string[] = [];
  const pictures: RgbFrame[] = [];
  const record = (): void => {
    frames.push(textFrame(opened, options.colour));
    const picture = options.pictures ? env.render?.('rgb_array') : undefined;
    if (typeof picture === 'object') pictures.push({ ...picture, data: Uint8Array.from(picture.data) });
  };
  let { observation } = env.reset({ seed: options.seed });
  let totalReward = 0;
  record();
  while (steps.length < options.maxSteps) {
    const given = await options.policy(observation);
    // An env may use the array again.
    const action = ArrayBuffer.isView(given) ? (given as Float32Array).slice() : given;
    const { reward, terminated, truncated, ...next } = env.step(action);
    steps.push({ action, reward, terminated, truncated });
    ({ observation } = next);
    totalReward += reward;
    record();
    if (terminated || truncated) break;
  }
  return { steps, totalReward, frames, pictures };
}
