import { checkOptionNames } from '@gai/core/errors';
import type { Env, EnvState, RenderMode, ResetOptions, ResetResult, RgbFrame, StepResult } from '../env.ts';
import { argumentError, show, stateError } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import { drawBlackjack } from '../render/draw-blackjack.ts';
import { presentFrame } from '../render/present.ts';
import { Discrete } from '../spaces/discrete.ts';
import { Tuple } from '../spaces/tuple.ts';
import type { BlackjackOptions } from '../tabular/problems/blackjack.ts';
import { actionError, NO_INFO, resetGenerator } from './reset-options.ts';
import { loadGenerator, saveGenerator } from './saved-state.ts';

/** What a player sees: own sum, the dealer's card (1 = ace), and 1 if an ace counts as 11. */
export type BlackjackObservation = [playerSum: number, dealerCard: number, usableAce: number];

const DECK = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10];
const SUITS = 4;
const TENS = 3;

function hasUsableAce(hand: readonly number[]): boolean {
  return hand.includes(1) && total(hand) + 10 <= 21;
}

function total(hand: readonly number[]): number {
  return hand.reduce((sum, card) => sum + card, 0);
}

function best(hand: readonly number[]): number {
  return total(hand) + (hasUsableAce(hand) ? 10 : 0);
}

function score(hand: readonly number[]): number {
  return best(hand) > 21 ? 0 : best(hand);
}

function isNatural(hand: readonly number[]): boolean {
  return hand.length === 2 && hand.includes(1) && hand.includes(10);
}

/**
 * Blackjack with an endless deck (Sutton and Barto, example 5.1), with the cards Gymnasium's `Blackjack-v1` deals.
 *
 * Observation: [sum 4–21, dealer's card 1–10, usable ace 0 or 1]. Actions: 0 stick, 1 hit. Reward +1 win, 0 draw, −1
 * loss or bust, at the end. `sab` (default true): a natural beats everything but a natural. Without it, `natural: true`
 * pays 1.5 for winning with one. `options: { state: [sum, card, ace] }` deals that hand (a soft 21 as a natural).
 *
 * @example
 * import { BlackjackEnv } from '@gai/rl';
 * const env = new BlackjackEnv();
 * env.reset({ seed: 1, options: { state: [21, 5, 0] } });
 * env.step(1).reward; // => -1
 * @category Environments
 * @since 0.1.0
 */
export class BlackjackEnv implements Env<BlackjackObservation, number> {
  readonly observationSpace = new Tuple<BlackjackObservation>([new Discrete(32), new Discrete(11), new Discrete(2)]);
  readonly actionSpace = new Discrete(2);
  readonly #sab: boolean;
  readonly #natural: boolean;
  #random: Generator | undefined;
  #dealer: number[] = [];
  #player: number[] = [];

  constructor(options: BlackjackOptions = {}) {
    checkOptionNames('BlackjackEnv', options, ['sab', 'natural']);
    const { sab = true, natural = false } = options;
    this.#sab = sab;
    this.#natural = natural;
  }

  #card(): number {
    return this.#random!.choice(DECK);
  }

  getState(): EnvState {
    return { dealer: [...this.#dealer], player: [...this.#player], random: saveGenerator(this.#random) };
  }

  setState(state: EnvState): void {
    this.#dealer = [...(state['dealer'] as number[])];
    this.#player = [...(state['player'] as number[])];
    this.#random = loadGenerator(state['random']);
  }

  reset(options: ResetOptions = {}): ResetResult<BlackjackObservation> {
    this.#random = resetGenerator(this.#random, options);
    this.#dealer = [this.#card(), this.#card()];
    this.#player = [this.#card(), this.#card()];
    this.#random.integers(0, SUITS);
    if (this.#dealer[0] === 10) this.#random.integers(0, TENS);
    const given = options.options?.['state'];
    if (given !== undefined) this.#deal(given);
    return { observation: this.#observation(), info: NO_INFO };
  }

  /** Replaces the player's hand and the dealer's open card; the hidden card stays as drawn. */
  #deal(state: unknown): void {
    const [sum, card, ace] = Array.isArray(state) ? (state as unknown[]).map(Number) : [];
    const lowest = ace === 1 ? 12 : 4;
    const isInteger = [sum, card, ace].every(Number.isInteger);
    if (!isInteger || sum! < lowest || sum! > 21 || card! < 1 || card! > 10 || (ace !== 0 && ace !== 1)) {
      throw argumentError(
        'BlackjackEnv.reset',
        `options.state is not a hand. Got ${show(state)}; expected [sum 4-21 (12-21 with an ace), dealer's card 1-10, ` +
          'usable ace 0 or 1]. Correct it.',
      );
    }
    this.#dealer[0] = card!;
    this.#player = ace === 1 ? [1, sum! - 11] : [2, sum! - 2];
  }

  #observation(): BlackjackObservation {
    return [best(this.#player), this.#dealer[0]!, hasUsableAce(this.#player) ? 1 : 0];
  }

  step(action: number): StepResult<BlackjackObservation> {
    if (action !== 0 && action !== 1) throw actionError('BlackjackEnv.step', action, 2);
    if (this.#random === undefined)
      throw stateError('BlackjackEnv.step', 'no episode has begun. Got step first; expected reset. Call reset().');
    let reward = 0;
    let terminated = true;
    if (action === 1) {
      this.#player.push(this.#card());
      terminated = best(this.#player) > 21;
      reward = terminated ? -1 : 0;
    } else {
      while (best(this.#dealer) < 17) this.#dealer.push(this.#card());
      reward = this.#settle();
    }
    return { observation: this.#observation(), reward, terminated, truncated: false, info: NO_INFO };
  }

  #settle(): number {
    const reward = Math.sign(score(this.#player) - score(this.#dealer));
    if (!isNatural(this.#player)) return reward;
    if (this.#sab) return isNatural(this.#dealer) ? reward : 1;
    return this.#natural && reward === 1 ? 1.5 : reward;
  }

  render(mode: RenderMode = 'ansi'): string | RgbFrame {
    const [sum, card, ace] = this.#observation();
    if (mode === 'ansi')
      return `dealer shows ${card === 1 ? 'A' : card}, player has ${sum}${ace === 1 ? ' (usable ace)' : ''}\n`;
    return presentFrame(drawBlackjack(sum, card, ace === 1), mode);
  }
}
