import { checkOptionNames } from '@gai/core/errors';
import { refusal } from '../errors.ts';
import { buildMDP } from '../mdp/build.ts';
import type { MDP, Outcome } from '../mdp/mdp.ts';

/**
 * Options of {@link blackjack}: Gymnasium's two flags, with the defaults of `Blackjack-v1`.
 *
 * @category Problems
 * @since 0.1.0
 */
export interface BlackjackOptions {
  /** Sutton & Barto's rule: a natural wins at once unless the dealer has one too. Default true. */
  readonly sab?: boolean | undefined;
  /** Without `sab`: does winning with a natural pay 1.5? Default false. */
  readonly natural?: boolean | undefined;
}

/**
 * A player's hand against the dealer's card.
 *
 * @category Problems
 * @since 0.1.0
 */
export interface BlackjackState {
  /** 4 … 21, counting a usable ace as 11. */
  readonly playerSum: number;
  /** 1 (ace) … 10. */
  readonly dealerCard: number;
  readonly usableAce: boolean;
  /** Ace and ten as the first two cards: kept apart because it may pay differently. Default false. */
  readonly natural?: boolean | undefined;
}

/** Hands: 18 hard sums 4–21, 10 soft sums 12–21, one natural; times 10 dealer cards; then the end. */
const NATURAL = 28;
const END = 290;

/** Probability of drawing 1 … 10 from an endless deck, index 0 unused. */
const CARD = [0, 1 / 13, 1 / 13, 1 / 13, 1 / 13, 1 / 13, 1 / 13, 1 / 13, 1 / 13, 1 / 13, 4 / 13];

/**
 * The number of a blackjack state.
 *
 * @throws ArgumentError for a hand that does not exist.
 * @example
 * import { blackjackState } from '@gai/rl/tabular';
 * blackjackState({ playerSum: 13, dealerCard: 2, usableAce: true }); // => 191
 * @category Problems
 * @since 0.1.0
 */
export function blackjackState(state: BlackjackState): number {
  const { playerSum, dealerCard, usableAce, natural = false } = state;
  const low = usableAce ? 12 : 4;
  const isHand = Number.isInteger(playerSum) && playerSum >= low && playerSum <= 21;
  if (!isHand || !(CARD[dealerCard]! > 0) || (natural && !(usableAce && playerSum === 21))) {
    throw refusal('ARGUMENT', {
      op: 'blackjackState',
      problem: 'no such hand',
      got: `playerSum ${playerSum}, dealerCard ${dealerCard}, usableAce ${usableAce}, natural ${natural}`,
      expected: 'playerSum 4–21 (12–21 with a usable ace), dealerCard 1–10, a natural only with a soft 21',
      fix: 'Correct the hand.',
    });
  }
  const hand = natural ? NATURAL : usableAce ? 6 + playerSum : playerSum - 4;
  return hand * 10 + dealerCard - 1;
}

/**
 * The hand of a blackjack state number, or `null` for the end.
 *
 * @example
 * import { decodeBlackjackState } from '@gai/rl/tabular';
 * decodeBlackjackState(191)?.playerSum; // => 13
 * @category Problems
 * @since 0.1.0
 */
export function decodeBlackjackState(state: number): BlackjackState | null {
  if (!(state >= 0 && state < END)) return null;
  const hand = Math.floor(state / 10);
  const dealerCard = (state % 10) + 1;
  if (hand === NATURAL) return { playerSum: 21, dealerCard, usableAce: true, natural: true };
  return hand < 18
    ? { playerSum: hand + 4, dealerCard, usableAce: false, natural: false }
    : { playerSum: hand - 6, dealerCard, usableAce: true, natural: false };
}

/** Adds a card to a hand; sums above 21 without a usable ace are bust. */
function addCard(sum: number, usableAce: boolean, card: number): [number, boolean] {
  if (card === 1 && sum + 11 <= 21) return [sum + 11, true];
  const total = sum + card;
  return usableAce && total > 21 ? [total - 10, false] : [total, usableAce];
}

/** Where the dealer ends, drawing to 17: index 0 bust, 17 … 21, and 22 for a natural. */
function dealerEnds(card: number): Float64Array {
  const ends = new Float64Array(23);
  const play = (sum: number, usableAce: boolean, [p, cards]: readonly [number, number]): void => {
    if (sum > 21) ends[0]! += p;
    else if (sum === 21 && cards === 2) ends[22]! += p;
    else if (sum >= 17) ends[sum]! += p;
    else for (let c = 1; c <= 10; c++) play(...addCard(sum, usableAce, c), [p * CARD[c]!, cards + 1]);
  };
  play(...addCard(0, false, card), [1, 1]);
  return ends;
}

/** Outcomes of sticking, merged by reward. */
function stick(hand: BlackjackState, ends: Float64Array, { sab = true, natural = false }: BlackjackOptions): Outcome[] {
  let lose = 0;
  let draw = 0;
  let win = 0;
  ends.forEach((p, end) => {
    const dealer = end === 22 ? 21 : end;
    if (sab && hand.natural === true && end !== 22) win += p;
    else if (hand.playerSum > dealer) win += p;
    else if (hand.playerSum < dealer) lose += p;
    else draw += p;
  });
  const prize = !sab && natural && hand.natural === true ? 1.5 : 1;
  const rows: Outcome[] = [
    [win, END, prize, true],
    [draw, END, 0, true],
    [lose, END, -1, true],
  ];
  return rows.filter(([p]) => p > 0);
}

function hit(hand: BlackjackState): Outcome[] {
  const rows: Outcome[] = [];
  let bust = 0;
  for (let card = 1; card <= 10; card++) {
    const [playerSum, usableAce] = addCard(hand.playerSum, hand.usableAce, card);
    if (playerSum > 21) bust += CARD[card]!;
    else rows.push([CARD[card]!, blackjackState({ playerSum, usableAce, dealerCard: hand.dealerCard }), 0, false]);
  }
  if (bust > 0) rows.push([bust, END, -1, true]);
  return rows;
}

function deal(): Float64Array {
  const initial = new Float64Array(END + 1);
  for (let a = 1; a <= 10; a++) {
    for (let b = 1; b <= 10; b++) {
      const [playerSum, usableAce] = addCard(...addCard(0, false, a), b);
      for (let dealerCard = 1; dealerCard <= 10; dealerCard++) {
        const state = blackjackState({ playerSum, usableAce, dealerCard, natural: playerSum === 21 });
        initial[state]! += CARD[a]! * CARD[b]! * CARD[dealerCard]!;
      }
    }
  }
  return initial;
}

/**
 * Blackjack with an endless deck (Sutton & Barto, example 5.1; Gymnasium's `Blackjack-v1`), solved exactly.
 *
 * 290 hands (see {@link blackjackState}) and an end; actions stick 0, hit 1. The dealer draws to 17 and sticks on soft
 * 17;
 * the distribution of where the dealer ends is computed, not simulated. Reward +1, 0 or −1 at the end, discount 1.
 * Start: two cards for the player, one shown by the dealer.
 *
 * @param options.sab - Sutton & Barto's naturals, Gymnasium's default. Default true.
 * @param options.natural - Without `sab`, naturals pay 1.5. Default false.
 * @example
 * import { blackjack, valueIteration } from '@gai/rl/tabular';
 * const game = blackjack();
 * game.numStates; // => 291
 * valueIteration(game).startValue < 0; // => true
 * @category Problems
 * @since 0.1.0
 */
export function blackjack(options: BlackjackOptions = {}): MDP {
  checkOptionNames('blackjack', options, ['sab', 'natural']);
  const ends = CARD.map((_, card) => (card === 0 ? new Float64Array(23) : dealerEnds(card)));
  return buildMDP({
    name: 'blackjack',
    numStates: END + 1,
    numActions: 2,
    discount: 1,
    initial: deal(),
    actionNames: ['stick', 'hit'],
    outcomes: (state, action) => {
      const hand = decodeBlackjackState(state);
      if (!hand) return [];
      return action === 0 ? stick(hand, ends[hand.dealerCard]!, options) : hit(hand);
    },
  });
}
