import { policyToText } from '@gai/rl';
import { blackjackState } from '@gai/rl/tabular';
import type { Section } from './draw.ts';
import type { Solved } from './solve-mdp.ts';

const STANDS = ['Red', 'Green', 'Yellow', 'Blue'];
const CELLS = 'R...G...............Y..B.';
const TAXI_NAMES = ['south', 'north', 'east', 'west', 'pickup', 'dropoff'];

/** Blocks of lines next to each other. */
function beside(blocks: readonly string[], gap: string): string {
  const lines = blocks.map((block) => block.split('\n'));
  const widths = lines.map((block) => Math.max(...block.map((line) => line.length)));
  const height = Math.max(...lines.map((block) => block.length));
  return Array.from({ length: height }, (_, row) =>
    lines
      .map((block, i) => (block[row] ?? '').padEnd(widths[i]!))
      .join(gap)
      .trimEnd(),
  ).join('\n');
}

/** One town: where the taxi should go from every cell. P is pick up, D drop off. */
function town({ policy }: Solved, passenger: number, destination: number): string {
  const actions = Array.from({ length: 25 }, (_, cell) => policy[(cell * 5 + passenger) * 4 + destination]!);
  return policyToText({ rows: 5, columns: 5, cells: CELLS }, actions, TAXI_NAMES);
}

/** The taxi's 500 states as eight towns: fetching from each stand, and driving to each stand. */
export function taxiView(solved: Solved): Section[] {
  const fetching = STANDS.map((name, p) => `${name}\n${town(solved, p, (p + 1) % 4)}`);
  const driving = STANDS.map((name, d) => `${name}\n${town(solved, 4, d)}`);
  return [
    { title: 'Best moves towards a passenger waiting at', text: beside(fetching, '    ') },
    { title: 'Best moves with the passenger, bound for', text: beside(driving, '    ') },
  ];
}

const CARDS = Array.from({ length: 10 }, (_, i) => i + 1);

function hands(usableAce: boolean, cell: (state: number) => string): string {
  const sums = Array.from({ length: usableAce ? 10 : 11 }, (_, i) => 21 - i);
  const head = `      ${CARDS.map((card) => (card === 1 ? 'A' : String(card)).padStart(6)).join('')}`;
  const rows = sums.map((playerSum) => {
    const cells = CARDS.map((dealerCard) => cell(blackjackState({ playerSum, dealerCard, usableAce })).padStart(6));
    return `${String(playerSum).padStart(6)}${cells.join('')}`;
  });
  return [head, ...rows].join('\n');
}

/** Blackjack as the book draws it: own sum down, dealer's card across. */
export function blackjackView({ values, policy }: Solved): Section[] {
  const move = (state: number): string => (policy[state] === 1 ? 'H' : '.');
  const value = (state: number): string => values[state]!.toFixed(2);
  return [
    {
      title: "Policy without a usable ace (H hit, . stick; own sum down, dealer's card across)",
      text: hands(false, move),
    },
    { title: 'Policy with a usable ace', text: hands(true, move) },
    { title: 'Values without a usable ace', text: hands(false, value) },
    { title: 'Values with a usable ace', text: hands(true, value) },
  ];
}
