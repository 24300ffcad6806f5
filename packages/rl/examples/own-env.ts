// Teaches: an env of your own is a plain object with two spaces, reset and step (20 lines), checked by checkEnv.
// Expected: the policy "walk towards the target" ends each episode in at most 10 steps. Run time: under a second.
import { checkEnv, Discrete, Generator, rollout, TimeLimit, type Env, type ResetOptions } from '@gai/rl';

class Corridor implements Env<number, number> {
  readonly observationSpace = new Discrete(11);
  readonly actionSpace = new Discrete(2);
  private random = new Generator(0);
  private place = 5;

  reset({ seed }: ResetOptions = {}) {
    if (seed !== undefined) this.random = new Generator(seed);
    this.place = this.random.integers(1, 10);
    return { observation: this.place, info: {} };
  }

  step(action: number) {
    this.place += action === 1 ? 1 : -1;
    const terminated = this.place === 0 || this.place === 10;
    return { observation: this.place, reward: this.place === 10 ? 1 : 0, terminated, truncated: false, info: {} };
  }
}

const env = new TimeLimit(new Corridor(), 100);
checkEnv(env);
for (const seed of [1, 2, 3]) {
  const { start, steps, totalReward } = rollout(env, { seed, actions: () => 1 });
  console.log(`seed ${seed}: from ${start} in ${steps.length} steps, return ${totalReward}`);
}
