/**
 * What a policy with a memory ({@link RecurrentPPO}) knows of episodes that are played side by side. `predict` reads it and
 * brings it up to date; tell it where an episode begins.
 *
 * @example
 * import { make } from '@gai/rl';
 * import { RecurrentPPO } from '@gai/rl/deep';
 * const env = make('CartPole-v1');
 * const agent = new RecurrentPPO('MlpLstmPolicy', env, { seed: 0 });
 * const state = agent.initialState();
 * const { observation } = env.reset({ seed: 0 });
 * const action = await agent.predict(observation, { state, deterministic: true });
 * state.restart(); // before the first observation of another episode
 * @category Deep agents
 * @since 0.1.0
 */
export class PolicyState {
  /** Episodes side by side. */
  readonly count: number;
  /** Numbers per episode, one episode after another. @internal */
  values: Float32Array;
  /** 1 where an episode begins: what came before is forgotten. @internal */
  readonly starts: Float32Array;

  /** @internal */
  constructor(count: number, size: number) {
    this.count = count;
    this.values = new Float32Array(count * size);
    this.starts = new Float32Array(count).fill(1);
  }

  /** An episode begins anew, or all do. */
  restart(index?: number): void {
    if (index === undefined) this.starts.fill(1);
    else this.starts[index] = 1;
  }

  /** Takes over what is known after another observation of each episode. @internal */
  advance(values: Float32Array): void {
    this.values = values;
    this.starts.fill(0);
  }
}
