import { join } from 'node:path';
import { trainAgent } from '../rl/train-agent.ts';
import { watchAgent } from '../rl/watch-agent.ts';
import type { Streams } from '../streams.ts';
import { redraws } from '../terminal/style.ts';
import type { ChapterOptions } from './chapters.ts';

/** Steps it learns from: about ten seconds of one core. */
const STEPS = 60_000;
/** Steps of the episode that is shown on a terminal: some seconds. */
const [SHOWN, FPS] = [150, 40];

/** Chapter `ppo`: a network learns to balance a pole; on a terminal one sees it do so. */
export async function ppoChapter(options: ChapterOptions, streams: Streams): Promise<void> {
  const env = 'CartPole-v1';
  const settings = { env, preset: true, threads: 1, evalEpisodes: 20, device: 'cpu', steps: STEPS };
  await trainAgent('ppo', { ...options, ...settings }, streams);
  if (options.json === true || !redraws(streams.stdout)) return;
  await watchAgent(join(options.out, 'last.safetensors'), { env, seed: 1, maxSteps: SHOWN, fps: FPS }, streams);
}
