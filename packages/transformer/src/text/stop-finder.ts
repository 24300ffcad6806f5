/** A prefix of some stop text, as a state of the search. */
interface Node {
  /** A stop text that begins with it, and how much of that it is. */
  readonly text: string;
  readonly depth: number;
  readonly next: Map<number, Node>;
  /** The longest prefix of a stop text that it ends with, without being all of it. */
  back: Node | undefined;
  /** Units of the longest stop text that it ends with; 0 if it ends with none. */
  found: number;
}

/** What is certain of a text that is searched. */
export interface Searched {
  /** What can be given out. */
  readonly text: string;
  /** Whether a stop text was found: the text ends before it. */
  readonly isStopped: boolean;
}

/**
 * Looks for stop texts in a text that comes in pieces, in time linear in it however many there are. The first that is complete ends the
 * text; of those complete at the same place the longest. What may be the beginning of one is held back until it cannot be one any more.
 * @see Aho and Corasick 1975, https://doi.org/10.1145/360825.360855
 */
export class StopFinder {
  readonly #root: Node = node('', 0);
  #state: Node = this.#root;
  #isStopped = false;

  /** @param stops - Texts of at least one character, without lone surrogates. */
  constructor(stops: readonly string[]) {
    for (const stop of stops) this.#add(stop);
    this.#link();
  }

  /** Takes the next piece; nothing comes out behind a stop text. */
  push(piece: string): Searched {
    if (this.#isStopped) return { text: '', isStopped: true };
    const before = this.#state;
    for (let index = 0; index < piece.length; index++) {
      this.#state = this.#after(this.#state, piece.charCodeAt(index));
      if (this.#state.found === 0) continue;
      this.#isStopped = true;
      return { text: given(before, piece, before.depth + index + 1 - this.#state.found), isStopped: true };
    }
    return { text: given(before, piece, before.depth + piece.length - this.#state.depth), isStopped: false };
  }

  /** What was held back: the text is over. */
  flush(): string {
    const { text, depth } = this.#state;
    this.#state = this.#root;
    return this.#isStopped ? '' : text.slice(0, depth);
  }

  #add(stop: string): void {
    let at = this.#root;
    for (let index = 0; index < stop.length; index++) {
      const unit = stop.charCodeAt(index);
      const next = at.next.get(unit) ?? node(stop, index + 1);
      at.next.set(unit, next);
      at = next;
    }
    at.found = stop.length;
  }

  /** From the shortest on: what a longer one goes back to has been linked. */
  #link(): void {
    const queue = [...this.#root.next.values()];
    for (const first of queue) first.back = this.#root;
    for (const from of queue) {
      for (const [unit, to] of from.next) {
        to.back = this.#after(from.back!, unit);
        // A stop text that another one ends with is complete at the same place, and shorter.
        to.found ||= to.back.found;
        queue.push(to);
      }
    }
  }

  #after(from: Node, unit: number): Node {
    for (let at: Node | undefined = from; at !== undefined; at = at.back) {
      const next = at.next.get(unit);
      if (next !== undefined) return next;
    }
    return this.#root;
  }
}

const node = (text: string, depth: number): Node => ({ text, depth, next: new Map(), back: undefined, found: 0 });

/** The first units of what was held back and the piece behind it. */
function given({ text, depth }: Node, piece: string, units: number): string {
  return units <= depth ? text.slice(0, units) : text.slice(0, depth) + piece.slice(0, units - depth);
}
