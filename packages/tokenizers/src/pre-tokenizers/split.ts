import { IntList } from '../text/int-list.ts';
import { Matcher } from '../text/matcher.ts';

/** What becomes of the matches at which a text is cut. */
export type SplitBehavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';

export const SPLIT_BEHAVIORS: readonly SplitBehavior[] = [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
];

/** Where a text is cut: the beginning and the end of each part, one after the other. None is empty. */
export type Cuts = IntList;

/** Cuts a stretch of a text, from a unit to another (exclusive), as if there were no other text. */
export type Cutter = (text: string, from: number, to: number, cuts: Cuts) => void;

/** Cuts at the matches of a global pattern; `invert` cuts at what lies between them. */
export function cutAt(pattern: RegExp, behavior: SplitBehavior, invert = false): Cutter {
  const matcher = new Matcher(pattern);
  const matches = new IntList();
  const keep = BEHAVIORS[behavior];
  return (text, from, to, cuts) => {
    matches.clear();
    const hasEmpty = matcher.find(from === 0 && to === text.length ? text : text.slice(from, to), matches);
    const { length: before } = cuts;
    const keeper = new keep(cuts);
    const { values, length } = matches;
    let done = from;
    for (let index = 0; index < length; index += 2) {
      const [start, end] = [from + values[index]!, from + values[index + 1]!];
      if (start > done) keeper.add(done, start, invert);
      keeper.add(start, end, !invert);
      done = end;
    }
    if (to > done) keeper.add(done, to, invert);
    if (hasEmpty) dropEmpty(cuts, before);
  };
}

/** Parts that are empty matches have no text; they have done what they are for: to part what stands around them. */
function dropEmpty(cuts: Cuts, since: number): void {
  const { values, length } = cuts;
  cuts.length = since;
  for (let at = since; at < length; at += 2) {
    if (values[at] === values[at + 1]) continue;
    cuts.push(values[at]!);
    cuts.push(values[at + 1]!);
  }
}

/** Takes the stretches of a text from left to right: matches, and what lies between them. */
abstract class Keeper {
  protected readonly cuts: Cuts;
  /** Whether the stretch before was a match; undefined before the first. */
  protected before: boolean | undefined;

  constructor(cuts: Cuts) {
    this.cuts = cuts;
  }

  abstract add(from: number, to: number, isMatch: boolean): void;

  protected cut(from: number, to: number): void {
    this.cuts.push(from);
    this.cuts.push(to);
  }

  /** Lets the last part reach to `to`. */
  protected extend(to: number): void {
    this.cuts.values[this.cuts.length - 1] = to;
  }
}

class Isolated extends Keeper {
  add(from: number, to: number): void {
    this.cut(from, to);
  }
}

class Removed extends Keeper {
  add(from: number, to: number, isMatch: boolean): void {
    if (!isMatch) this.cut(from, to);
  }
}

class Contiguous extends Keeper {
  add(from: number, to: number, isMatch: boolean): void {
    if (this.before === isMatch) this.extend(to);
    else this.cut(from, to);
    this.before = isMatch;
  }
}

/** A match goes to what stands before it, but the second of two matches stands alone. */
class MergedWithPrevious extends Keeper {
  add(from: number, to: number, isMatch: boolean): void {
    if (isMatch && this.before === false) this.extend(to);
    else this.cut(from, to);
    this.before = isMatch;
  }
}

class MergedWithNext extends Keeper {
  add(from: number, to: number, isMatch: boolean): void {
    if (!isMatch && this.before === true) this.extend(to);
    else this.cut(from, to);
    this.before = isMatch;
  }
}

const BEHAVIORS: Readonly<Record<SplitBehavior, new (cuts: Cuts) => Keeper>> = {
  Removed,
  Isolated,
  MergedWithPrevious,
  MergedWithNext,
  Contiguous,
};
