import { checkOptionNames } from '@gai/core/errors';
import type { EnvState, RenderMode, RgbFrame } from '../env.ts';
import { drawTaxi, taxiToText } from '../render/draw-taxi.ts';
import { presentFrame } from '../render/present.ts';
import { decodeTaxiState, taxi, type TaxiOptions } from '../tabular/problems/taxi.ts';
import { MDPTableEnv } from './mdp-table-env.ts';

/** Settings of {@link TaxiEnv}. */
export interface TaxiEnvOptions extends TaxiOptions {
  /** May the passenger change the destination once, on the first move after the pickup? Default false. */
  readonly fickle?: boolean | undefined;
  /** Probability that an episode's passenger is fickle. Default 0.3. */
  readonly fickleProbability?: number | undefined;
}

/**
 * Dietterich's taxi with Gymnasium's draws, `info.actionMask` (1 for each action that changes something in dry weather)
 * and fickle passengers. States and actions are those of `taxi()` in `@gai/rl/tabular`.
 *
 * @example
 * import { TaxiEnv } from '@gai/rl';
 * const env = new TaxiEnv();
 * env.reset({ options: { state: 328 } });
 * env.step(1).observation; // => 228
 * @category Environments
 * @since 0.1.0
 */
export class TaxiEnv extends MDPTableEnv {
  readonly #masks: readonly Int8Array[];
  readonly #fickle: boolean;
  readonly #fickleProbability: number;
  #mayChange = false;

  constructor(options: TaxiEnvOptions = {}) {
    checkOptionNames('TaxiEnv', options, ['fickle', 'fickleProbability', 'rainy', 'rainyProbability']);
    const { fickle = false, fickleProbability = 0.3, ...weather } = options;
    super(taxi(weather));
    this.#fickle = fickle;
    this.#fickleProbability = fickleProbability;
    const dry = taxi();
    this.#masks = Array.from({ length: dry.numStates }, (_, state) =>
      Int8Array.from({ length: dry.numActions }, (_none, action) =>
        dry.outcomes(state, action)[0]![1] === state ? 0 : 1,
      ),
    );
  }

  override getState(): EnvState {
    return { ...super.getState(), mayChange: this.#mayChange };
  }

  override setState(state: EnvState): void {
    super.setState(state);
    this.#mayChange = state['mayChange'] === true;
  }

  protected override started(): void {
    this.#mayChange = this.#fickle && this.random!.random() < this.#fickleProbability;
    this.info.actionMask = this.#masks[this.state]!;
  }

  protected override entering(next: number): number {
    const entered = this.#mayChange ? this.#changeDestination(next) : next;
    this.info.actionMask = this.#masks[entered]!;
    return entered;
  }

  /** A fickle passenger in a taxi that has moved picks one of the three other destinations. */
  #changeDestination(next: number): number {
    const before = decodeTaxiState(this.state);
    const hasMoved = Math.floor(next / 20) !== Math.floor(this.state / 20);
    if (before.passenger !== 4 || !hasMoved) return next;
    this.#mayChange = false;
    const others = [0, 1, 2, 3].filter((destination) => destination !== before.destination);
    return next - (next % 4) + this.random!.choice(others);
  }

  override render(mode: RenderMode = 'ansi'): string | RgbFrame {
    const action = this.lastAction < 0 ? undefined : this.mdp.actionName(this.lastAction);
    return mode === 'ansi' ? taxiToText(this.state, action) : presentFrame(drawTaxi(this.state), mode);
  }
}
