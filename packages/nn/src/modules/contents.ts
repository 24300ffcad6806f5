import { entriesOf, isContainer, sizeOf, valueAt } from './containers.ts';
import type { Container } from './containers.ts';
import { isStructural } from './structural.ts';

/** One container and the parts of a model in it. */
interface Level {
  readonly container: Container;
  readonly parts: readonly (readonly [key: unknown, value: unknown])[];
  /** Entries when it was looked at; undefined where all of many are plain, so that it is a table, not a list of parts. */
  size: number | undefined;
}

/** The parts of a model in an array, map, set or plain object and those inside it, as they were at one moment. */
export class Contents {
  readonly #levels: readonly Level[];

  constructor(container: Container) {
    const levels: Level[] = [];
    const seen = new Set<Container>();
    const visit = (inside: Container): void => {
      if (seen.has(inside)) return;
      seen.add(inside);
      const level = look(inside);
      levels.push(level);
      for (const [, value] of level.parts) if (isContainer(value)) visit(value);
    };
    visit(container);
    this.#levels = levels;
  }

  /** Whether the parts are the same ones still. */
  hold(): boolean {
    return this.#levels.every(levelHolds);
  }
}

function look(container: Container): Level {
  const parts = [...entriesOf(container)].filter(([, value]) => isStructural(value));
  const size = sizeOf(container);
  return { container, parts, size: parts.length === 0 && size > 0 ? undefined : size };
}

function levelHolds(level: Level): boolean {
  const { container, parts, size } = level;
  for (const [key, value] of parts) if (valueAt(container, key) !== value) return false;
  if (size === undefined || sizeOf(container) === size) return true;
  // Something came or went; plain values do not count.
  const now = look(container);
  if (now.parts.length !== parts.length) return false;
  level.size = now.size;
  return true;
}
