import { checkOptionNames } from '@gai/core/errors';
import type { RenderMode, ResetOptions, RgbFrame } from '../env.ts';
import { argumentError, show } from '../errors.ts';
import { presentFrame } from '../render/present.ts';
import { Box } from '../spaces/box.ts';
import { Dict } from '../spaces/dict.ts';
import { Discrete } from '../spaces/discrete.ts';
import { actionMaskOf } from './board-game.ts';
import type { Player } from './board-game.ts';
import { drawLineBoard } from './draw-line-board.ts';
import type { LineBoard } from './line-board.ts';
import { perAgent, TurnBasedEnv } from './turn-based-env.ts';

/** What a player of a board game sees. */
export interface BoardObservation {
  /** `[rows, columns, 2]`: its own stones, then the other's. */
  readonly observation: Int8Array;
  /** 1 for each move that is allowed; all 0 for whose turn it is not. */
  readonly actionMask: Int8Array;
}

/** Settings of {@link TicTacToe} and {@link ConnectFour}. */
export interface BoardGameOptions {
  /** What a player is paid who makes a move that is not allowed; the game then ends. Null: such a move throws. Default −1. */
  readonly illegalReward?: number | null | undefined;
}

/**
 * A board game as an {@link AECEnv}: +1 for who wins, −1 for who loses. What {@link TicTacToe} and {@link ConnectFour} share.
 *
 * @category Games
 * @since 0.1.0
 */
export abstract class BoardGameEnv extends TurnBasedEnv<BoardObservation, number> {
  readonly possibleAgents: readonly string[];
  /** The board itself: play on it only through `step`. */
  readonly board: LineBoard;
  readonly #illegalReward: number | null;
  readonly #actionSpaces: Readonly<Record<string, Discrete>>;
  readonly #observationSpaces: Readonly<Record<string, Dict<BoardObservation>>>;

  protected constructor(
    name: string,
    agents: readonly string[],
    parts: { board: LineBoard; options: BoardGameOptions },
  ) {
    checkOptionNames(name, parts.options, ['illegalReward']);
    const { illegalReward = -1 } = parts.options;
    if (illegalReward !== null && !Number.isFinite(illegalReward)) {
      throw argumentError(
        name,
        `illegalReward is no reward. Got ${show(illegalReward)}; expected a finite number or null. Pass one.`,
      );
    }
    super();
    const { board } = parts;
    const space = (): Dict<BoardObservation> =>
      new Dict<BoardObservation>({
        observation: new Box({ low: 0, high: 1, shape: board.shape, dtype: 'int8' }),
        actionMask: new Box({ low: 0, high: 1, shape: [board.numActions], dtype: 'int8' }),
      });
    this.possibleAgents = agents;
    this.board = board;
    this.#illegalReward = illegalReward;
    this.#observationSpaces = Object.fromEntries(agents.map((agent) => [agent, space()]));
    this.#actionSpaces = Object.fromEntries(agents.map((agent) => [agent, new Discrete(board.numActions)]));
  }

  observationSpace(agent: string): Dict<BoardObservation> {
    return this.#observationSpaces[this.possibleAgents[this.playerOf(agent)]!]!;
  }

  actionSpace(agent: string): Discrete {
    return this.#actionSpaces[this.possibleAgents[this.playerOf(agent)]!]!;
  }

  /** Which side an agent plays; throws for a name that has none. */
  playerOf(agent: string): Player {
    const index = this.possibleAgents.indexOf(agent);
    if (index === 0 || index === 1) return index;
    throw argumentError(
      this.constructor.name,
      `there is no such agent. Got ${show(agent)}; expected ${this.possibleAgents.join(' or ')}. Pass one of them.`,
    );
  }

  /** A game draws nothing: options change nothing. */
  reset(options: ResetOptions = {}): void {
    checkOptionNames('reset', options, ['seed', 'options']);
    this.board.clear();
    this.begin();
  }

  observe(agent: string): BoardObservation {
    const { board } = this;
    const player = this.playerOf(agent);
    const isOn = agent === this.agentSelection;
    // A full board allows nothing, yet PettingZoo's mask is that of the free cells also after the end.
    const actionMask = isOn ? freeMask(board) : new Int8Array(board.numActions);
    return { observation: board.observe(player), actionMask };
  }

  protected act(action: number): void {
    const agent = this.agentSelection;
    const other = this.agents.find((name) => name !== agent)!;
    if (!this.board.isLegal(action) && this.#illegalReward !== null) return this.#forfeit(agent, this.#illegalReward);
    this.board.play(action);
    const { outcome } = this.board;
    if (outcome !== undefined) this.terminations = perAgent(this.agents, true);
    if (outcome === 0 || outcome === 1)
      this.rewards = { ...perAgent(this.agents, -1), [this.possibleAgents[outcome]!]: 1 };
    this.accumulate();
    this.agentSelection = other;
  }

  /** A move that is not allowed ends the game for both. */
  #forfeit(agent: string, reward: number): void {
    this.terminations = perAgent(this.agents, true);
    this.truncations = perAgent(this.agents, true);
    this.rewards = { ...perAgent(this.agents, 0), [agent]: reward };
    this.accumulate();
    this.endedFirst();
  }

  render(mode: RenderMode = 'ansi'): string | RgbFrame {
    return mode === 'ansi' ? this.board.toString() : presentFrame(drawLineBoard(this.board), mode);
  }
}

function freeMask(board: LineBoard): Int8Array {
  return board.outcome === undefined
    ? actionMaskOf(board)
    : Int8Array.from({ length: board.numActions }, (_, action) => Number(board.cells[action] === 0));
}
