import { make, makeVec } from '@gai/rl';
import { PPO } from '@gai/rl/deep';
import type { AgentCallback, AgentEnv } from '@gai/rl/deep';
import type { PolePlay, PpoNews, PpoSettings } from './ppo-choices.ts';

/** RL Baselines3 Zoo's settings for CartPole, but for those that the reader moves. */
const FIXED = { nSteps: 32, batchSize: 256, nEpochs: 20, gamma: 0.98, statsWindowSize: 20 } as const;
const ENV = 'CartPole-v1';

const envs = (): AgentEnv => makeVec(ENV, { numEnvs: 8, autoresetMode: 'same-step' });

/** Who is told how learning goes, after every update, and may end it. */
export interface PpoListener {
  /** Waited for. */
  onUpdate(news: PpoNews): Promise<void>;
  isStopped(): boolean;
}

/** PPO on CartPole, whose settings may be changed between updates. */
export class PpoLearner {
  #agent: PPO;
  readonly #env = make(ENV);

  constructor(settings: PpoSettings, seed: number) {
    this.#agent = new PPO('MlpPolicy', envs(), { ...FIXED, ...settings, seed });
  }

  get steps(): number {
    return this.#agent.numTimesteps;
  }

  /** Goes on with other settings: weights, moments, envs and draws stay as they are. */
  async change(settings: PpoSettings): Promise<void> {
    this.#agent = await PPO.load(this.#agent.checkpoint(), { env: envs(), ...settings });
  }

  /** Learns until it is stopped, or has seen so many steps in all. */
  async learn(most: number, listener: PpoListener): Promise<void> {
    const watch: AgentCallback = {
      name: 'page',
      onUpdateEnd: async ({ numTimesteps, episodes, stop }, scalars) => {
        await listener.onUpdate({
          steps: numTimesteps,
          meanReturn: scalars['rollout/ep_rew_mean'],
          episodes: episodes.episodes,
          kl: scalars['train/approx_kl']!,
          clipFraction: scalars['train/clip_fraction']!,
          entropy: -scalars['train/entropy_loss']!,
          explainedVariance: scalars['train/explained_variance']!,
        });
        if (listener.isStopped()) stop('the reader has stopped it');
      },
    };
    const left = most - this.steps;
    if (left <= 0 || listener.isStopped()) return;
    await this.#agent.learn({ totalTimesteps: left, callbacks: [watch], resetNumTimesteps: false });
  }

  /** An episode of the policy as it is now, by its likeliest actions; it learns nothing from it. */
  async play(seed: number): Promise<PolePlay> {
    let { observation } = this.#env.reset({ seed });
    const positions = [observation[0]!];
    const angles = [observation[2]!];
    for (;;) {
      const action = (await this.#agent.predict(observation, { deterministic: true })) as number;
      const result = this.#env.step(action);
      ({ observation } = result);
      positions.push(observation[0]!);
      angles.push(observation[2]!);
      if (!result.terminated && !result.truncated) continue;
      return {
        after: this.steps,
        positions: Float32Array.from(positions),
        angles: Float32Array.from(angles),
        hasFallen: result.terminated,
      };
    }
  }
}
