import { quote, refuse } from '../errors.ts';
import { Tuple } from '../pickle/values.ts';
import type { PickleValue } from '../pickle/values.ts';
import { StridedView } from './storage.ts';

/** Containers in containers. */
const MAX_DEPTH = 64;

/** What is in a container, by name; undefined for what is no container. */
export function membersOf(value: PickleValue): [string, PickleValue][] | undefined {
  if (value instanceof Map) return [...value].map(([key, member]) => [String(key), member]);
  const items = value instanceof Tuple ? value.items : value;
  return Array.isArray(items) ? items.map((member: PickleValue, index) => [String(index), member]) : undefined;
}

/**
 * How often a value may be come across: as often as the pickle has bytes. One container that is held by many others, which
 * are held by many others, would else be walked through without end.
 */
export class Budget {
  #left: number;
  constructor(pickleLength: number) {
    this.#left = pickleLength + 16;
  }

  spend(depth: number): void {
    this.#left -= 1;
    if (this.#left >= 0 && depth <= MAX_DEPTH) return;
    refuse({
      op: 'openTorch',
      problem: 'containers in one another without end',
      got: this.#left < 0 ? 'the same ones again and again' : `over ${MAX_DEPTH} levels`,
      expected: `each of them once, at most ${MAX_DEPTH} levels deep`,
    });
  }
}

/** Every tensor below a value under its joined names, as `encoder.layer.0.weight`. */
export function collectTensors(value: PickleValue, budget: Budget): Map<string, StridedView> {
  const found = new Map<string, StridedView>();
  const visit = (member: PickleValue, name: string, depth: number): void => {
    budget.spend(depth);
    if (member instanceof StridedView) {
      if (found.has(name)) refuse({ op: 'openTorch', problem: 'a name twice', got: quote(name), expected: 'it once' });
      found.set(name, member);
      return;
    }
    for (const [key, inner] of membersOf(member) ?? []) visit(inner, name === '' ? key : `${name}.${key}`, depth + 1);
  };
  visit(value, value instanceof StridedView ? 'tensor' : '', 0);
  return found;
}
