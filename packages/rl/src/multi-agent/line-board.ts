import { checkOptionNames } from '@gai/core/errors';
import { argumentError, show, stateError } from '../errors.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import type { BoardGame, Outcome, Player } from './board-game.ts';

/** Which game of lines it is. */
export interface LineRules {
  readonly rows: number;
  readonly columns: number;
  /** Stones of one's own in a row that win. */
  readonly connect: number;
  /** Whether a move names a column, in which the stone falls, or a cell. */
  readonly falls: boolean;
}

/** What follows from the rules, once for all boards of a game. */
interface Geometry {
  /** Every line that wins, as cells. */
  readonly lines: readonly (readonly number[])[];
  /** The lines through each cell. */
  readonly through: readonly (readonly (readonly number[])[])[];
  /** All moves, those in the middle first: they take part in more lines. */
  readonly order: readonly number[];
}

const DIRECTIONS = [
  [0, 1],
  [1, 0],
  [1, 1],
  [1, -1],
] as const;

/**
 * A board on which so many stones in a row win: Tic-tac-toe, Connect Four and their like.
 *
 * @example
 * import { LineBoard } from '@gai/rl/multi-agent';
 * const gomoku = new LineBoard({ rows: 15, columns: 15, connect: 5, falls: false });
 * gomoku.play(112);
 * gomoku.player; // => 1
 * @category Games
 * @since 0.1.0
 */
export class LineBoard implements BoardGame {
  readonly rules: LineRules;
  readonly numActions: number;
  readonly shape: readonly number[];
  readonly moves: number[] = [];
  /** 0 free, 1 and 2 the players, row by row from the top. */
  readonly cells: Int8Array;
  readonly #geometry: Geometry;
  #outcome: Outcome;

  /** @throws ArgumentError for sizes that are none, or a line longer than the board. */
  constructor(rules: LineRules) {
    checkOptionNames('LineBoard', rules, ['rows', 'columns', 'connect', 'falls']);
    const { rows, columns, connect, falls } = rules;
    for (const [name, size] of Object.entries({ rows, columns, connect })) checkCount('LineBoard', name, size);
    if (connect > Math.max(rows, columns)) {
      throw argumentError(
        'LineBoard',
        `nobody could win. Got connect ${connect}; expected at most ${Math.max(rows, columns)}, the longer side. Pass such a number.`,
      );
    }
    this.rules = rules;
    this.numActions = falls ? columns : rows * columns;
    this.shape = [rows, columns, 2];
    this.cells = new Int8Array(rows * columns);
    this.#geometry = geometryOf(rules);
  }

  get player(): Player {
    return (this.moves.length % 2) as Player;
  }

  get outcome(): Outcome {
    return this.#outcome;
  }

  legalActions(): number[] {
    return this.#outcome === undefined ? this.#geometry.order.filter((action) => this.cells[action] === 0) : [];
  }

  /** Whether a move is allowed. A column is full when its top cell is, which has the column's number. */
  isLegal(action: number): boolean {
    return this.#outcome === undefined && this.cells[action] === 0 && action < this.numActions;
  }

  play(action: number): void {
    if (!this.isLegal(action)) throw this.#illegal(action);
    const cell = this.rules.falls ? this.#bottom(action) : action;
    const stone = this.player + 1;
    this.cells[cell] = stone;
    this.moves.push(action);
    const wins = this.#geometry.through[cell]!.some((line) => line.every((other) => this.cells[other] === stone));
    if (wins) this.#outcome = (stone - 1) as Player;
    else if (this.moves.length === this.cells.length) this.#outcome = 'draw';
  }

  undo(): void {
    const action = this.moves.pop();
    if (action === undefined) {
      throw stateError(
        'undo',
        'there is no move to take back. Got a board at its beginning; expected a move. Play one first.',
      );
    }
    this.cells[this.rules.falls ? this.#bottom(action) + this.rules.columns : action] = 0;
    this.#outcome = undefined;
  }

  clear(): void {
    this.cells.fill(0);
    this.moves.length = 0;
    this.#outcome = undefined;
  }

  copy(): LineBoard {
    const copy = new LineBoard(this.rules);
    for (const action of this.moves) copy.play(action);
    return copy;
  }

  observe(player: Player): Int8Array {
    const planes = new Int8Array(this.cells.length * 2);
    this.cells.forEach((stone, cell) => {
      if (stone !== 0) planes[cell * 2 + (stone === player + 1 ? 0 : 1)] = 1;
    });
    return planes;
  }

  /** Lines that only one player has stones in, each worth the square of its stones. */
  evaluate(player: Player): number {
    let sum = 0;
    for (const line of this.#geometry.lines) {
      let own = 0;
      let others = 0;
      for (const cell of line) {
        if (this.cells[cell] === player + 1) own++;
        else if (this.cells[cell] !== 0) others++;
      }
      if (others === 0) sum += own * own;
      else if (own === 0) sum -= others * others;
    }
    return sum;
  }

  /** Rows of `.`, `X` and `O`. */
  toString(): string {
    const { rows, columns } = this.rules;
    const row = (index: number): string =>
      Array.from(this.cells.subarray(index * columns, (index + 1) * columns), (stone) => '.XO'[stone]).join(' ');
    return `${Array.from({ length: rows }, (_, index) => row(index)).join('\n')}\n`;
  }

  /** The lowest free cell of a column; above the board (negative) where it is full. */
  #bottom(column: number): number {
    const { rows, columns } = this.rules;
    let cell = (rows - 1) * columns + column;
    while (cell >= 0 && this.cells[cell] !== 0) cell -= columns;
    return cell;
  }

  #illegal(action: number): Error {
    const legal = this.legalActions().sort((a, b) => a - b);
    return argumentError(
      'play',
      `the move is not allowed. Got ${show(action)}; expected ${legal.length > 0 ? `one of ${legal.join(', ')}` : 'none, the game is over'}. ` +
        'Choose among legalActions(), or clear the board.',
      { action },
    );
  }
}

/** By the rules of a board, which its copies share. */
const GEOMETRIES = new WeakMap<LineRules, Geometry>();

function geometryOf(rules: LineRules): Geometry {
  const known = GEOMETRIES.get(rules) ?? newGeometry(rules);
  GEOMETRIES.set(rules, known);
  return known;
}

function newGeometry(rules: LineRules): Geometry {
  const { rows, columns, falls } = rules;
  const lines = linesOf(rules);
  const through = Array.from({ length: rows * columns }, (_, cell) => lines.filter((line) => line.includes(cell)));
  const weight = (action: number): number => through[falls ? (rows - 1) * columns + action : action]!.length;
  const actions = Array.from({ length: falls ? columns : rows * columns }, (_, action) => action);
  return { lines, through, order: actions.sort((a, b) => weight(b) - weight(a) || a - b) };
}

function linesOf({ rows, columns, connect }: LineRules): number[][] {
  const lines: number[][] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (const [down, right] of DIRECTIONS) {
        const [lastRow, lastColumn] = [row + down * (connect - 1), column + right * (connect - 1)];
        if (lastRow >= rows || lastColumn >= columns || lastColumn < 0) continue;
        lines.push(Array.from({ length: connect }, (_, at) => (row + down * at) * columns + column + right * at));
      }
    }
  }
  return lines;
}
