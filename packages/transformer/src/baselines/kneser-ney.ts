import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { GramTable } from './gram-table.ts';

/** What is taken off a count of 1, of 2, and of 3 and more. */
type Discounts = readonly [one: number, two: number, more: number];

/** What one length of n-grams says after a context. */
interface Level {
  readonly table: GramTable;
  readonly discounts: Discounts;
  /** For each context: the sum of its counts. */
  readonly totals: Float64Array;
  /** For each context: the mass that was taken off, which the shorter context hands out. */
  readonly freed: Float64Array;
}

/**
 * How well a text was foreseen.
 * @category Baselines
 */
export interface TextScore {
  /** −log of the probability of the whole text, in nats. */
  readonly nats: number;
  /** How many characters (code points) were foreseen. */
  readonly characters: number;
  /** `nats / characters`; 0 for an empty text. */
  readonly natsPerCharacter: number;
}

/** The character that stands before a text. No text holds it. */
const START = 0;
const MAX_ORDER = 16;

/**
 * A language model that only counts: interpolated modified Kneser-Ney smoothing over characters. It is what a neural model has to beat.
 *
 * `p(c | h) = (count(hc) − D(count(hc))) / count(h) + γ(h) · p(c | h without its first character)`, where shorter contexts count in how
 * many different surroundings `hc` occurs in place of how often, and the last resort is every known character and one unknown one alike.
 * The discounts are estimated from how many n-grams occur 1, 2, 3 and 4 times; where too few do, they are ½, 1 and 1½.
 *
 * Time and memory are linear in the text. Characters are code points. The end of a text is not foreseen, its beginning is.
 *
 * @example
 * const model = KneserNey.train(['the cat sat on the mat', 'the dog sat on the cat'], { order: 3 });
 * const seen = model.score('the cat').natsPerCharacter;
 * seen < model.score('tac eht').natsPerCharacter; // => true
 * @see Chen & Goodman, An Empirical Study of Smoothing Techniques for Language Modeling, 1998.
 * @category Baselines
 */
export class KneserNey {
  /** The longest n-gram: it sees `order − 1` characters back. */
  readonly order: number;
  readonly #characters: ReadonlyMap<number, number>;
  readonly #levels: readonly Level[];

  private constructor(order: number, characters: ReadonlyMap<number, number>, levels: readonly Level[]) {
    this.order = order;
    this.#characters = characters;
    this.#levels = levels;
  }

  /**
   * Counts the n-grams of texts.
   * @param texts - A text, or documents; contexts do not reach from one into the next.
   * @param options.order - The longest n-gram, 1 … 16. Default 5.
   * @throws {@link ArgumentError} if the order is none, an option is unknown, or there is no text.
   */
  static train(texts: string | Iterable<string>, options: { readonly order?: number } = {}): KneserNey {
    checkOptionNames('KneserNey.train', options, ['order']);
    const { order = 5 } = options;
    if (!Number.isInteger(order) || order < 1 || order > MAX_ORDER) throw badOrder(order);
    const characters = new Map<number, number>();
    const tables = Array.from({ length: order }, () => new GramTable());
    for (const text of typeof texts === 'string' ? [texts] : texts) countText(text, characters, tables);
    if (characters.size === 0) throw noText();
    countSurroundings(tables);
    const contexts = (length: number): number => (length === 0 ? 1 : tables[length - 1]!.size);
    return new KneserNey(
      order,
      characters,
      tables.map((table, length) => levelOf(table, contexts(length))),
    );
  }

  /** How many different characters were seen. */
  get characters(): number {
    return this.#characters.size;
  }

  /**
   * How well the model foresees a text, from its first character on.
   * @param text - Characters never seen before share the place of one unknown character.
   */
  score(text: string): TextScore {
    const walk = new Walk(this.#levels.map(({ table }) => table));
    let nats = 0;
    let characters = 0;
    for (const character of text) {
      const id = this.#characters.get(character.codePointAt(0)!) ?? -1;
      nats -= Math.log(this.#probability(walk.contexts, id));
      walk.step(id);
      characters += 1;
    }
    return { nats, characters, natsPerCharacter: characters === 0 ? 0 : nats / characters };
  }

  /** `contexts[k]`: the number of the last k characters, −1 where they were never seen together. */
  #probability(contexts: Int32Array, id: number): number {
    let probability = 1 / (this.#characters.size + 1);
    for (let length = 0; length < this.order && contexts[length]! >= 0; length++) {
      const { table, discounts, totals, freed } = this.#levels[length]!;
      const context = contexts[length]!;
      const total = totals[context]!;
      if (total === 0) break; // nothing ever followed it: it ends a text
      const gram = id < 0 ? -1 : table.find(context, id);
      const count = gram < 0 ? 0 : table.counts[gram]!;
      probability = (count - discountOf(count, discounts) + freed[context]! * probability) / total;
    }
    return probability;
  }
}

/** Where one is in a text: the n-grams that end here. */
class Walk {
  /** `contexts[k]`: the number of the last k characters; −1 if that n-gram is not known or reaches before the text. */
  readonly contexts: Int32Array;
  readonly #tables: readonly GramTable[];

  constructor(tables: readonly GramTable[]) {
    this.#tables = tables;
    this.contexts = new Int32Array(tables.length).fill(-1);
    this.contexts[0] = 0;
    if (tables.length > 1) this.contexts[1] = tables[0]!.find(0, START);
  }

  /** Goes on by one character. */
  step(id: number): void {
    const { contexts } = this;
    for (let length = contexts.length - 1; length >= 1; length--) {
      const before = contexts[length - 1]!;
      contexts[length] = before < 0 || id < 0 ? -1 : this.#tables[length - 1]!.find(before, id);
    }
  }
}

/** Counts every n-gram of a text, the character that stands before it included. */
function countText(text: string, characters: Map<number, number>, tables: readonly GramTable[]): void {
  const order = tables.length;
  let before = new Int32Array(order + 1).fill(-1);
  let now = new Int32Array(order + 1).fill(-1);
  before[0] = now[0] = 0;
  if (text === '') return;
  before[1] = tables[0]!.add(0, START, 0); // seen, but never foreseen: its count stays 0
  for (const character of text) {
    const point = character.codePointAt(0)!;
    let id = characters.get(point);
    if (id === undefined) characters.set(point, (id = characters.size + 1));
    for (let length = 1; length <= order; length++) {
      const prefix = before[length - 1]!;
      const table = tables[length - 1]!;
      now[length] = prefix < 0 ? -1 : table.add(prefix, id, now[length - 1]!);
      if (now[length]! >= 0) table.counts[now[length]!]! += 1;
    }
    [before, now] = [now, before];
  }
}

/**
 * Replaces the counts of all but the longest n-grams by the number of different characters seen in front of them. Those at the start of a
 * text have nothing in front of them and keep their counts.
 */
function countSurroundings(tables: readonly GramTable[]): void {
  for (let length = 1; length < tables.length; length++) {
    const [shorter, longer] = [tables[length - 1]!, tables[length]!];
    const around = new Float64Array(shorter.counts.length);
    for (let id = 0; id < longer.size; id++) around[longer.suffixes[id]!]! += 1;
    for (let id = 0; id < shorter.size; id++) if (around[id]! > 0) shorter.counts[id] = around[id]!;
  }
}

function levelOf(table: GramTable, contexts: number): Level {
  const discounts = estimateDiscounts(table);
  const totals = new Float64Array(contexts);
  const freed = new Float64Array(contexts);
  for (let id = 0; id < table.size; id++) {
    const count = table.counts[id]!;
    const context = table.prefixes[id]!;
    totals[context]! += count;
    freed[context]! += discountOf(count, discounts);
  }
  return { table, discounts, totals, freed };
}

/** Chen and Goodman's estimates from the numbers of n-grams that occur 1 … 4 times. */
function estimateDiscounts(table: GramTable): Discounts {
  const times = [0, 0, 0, 0, 0];
  for (let id = 0; id < table.size; id++) {
    const count = table.counts[id]!;
    if (count >= 1 && count <= 4) times[count]! += 1;
  }
  const [, one, two, three, four] = times as [number, number, number, number, number];
  const share = one / (one + 2 * two);
  const discounts = [
    1 - (2 * share * two) / one,
    2 - (3 * share * three) / two,
    3 - (4 * share * four) / three,
  ] as const;
  const isFit = discounts.every((discount, index) => discount > 0 && discount <= index + 1);
  return isFit ? discounts : [0.5, 1, 1.5];
}

function discountOf(count: number, [one, two, more]: Discounts): number {
  if (count === 0) return 0;
  return count === 1 ? one : count === 2 ? two : more;
}

const badOrder = (order: unknown): ArgumentError =>
  new ArgumentError(
    `KneserNey.train: that is no order. Got ${String(order)}; expected a whole number, 1 … ${MAX_ORDER}: the length of the longest n-gram.`,
    { op: 'KneserNey.train', details: { order } },
  );

const noText = (): ArgumentError =>
  new ArgumentError(
    'KneserNey.train: there is nothing to count. Got no character; expected texts. Check the file they come from.',
    {
      op: 'KneserNey.train',
    },
  );
