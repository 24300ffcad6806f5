import { parse } from 'oniguruma-parser/parser';
import type {
  AlternativeNode,
  AssertionNode,
  CharacterClassNode,
  CharacterNode,
  CharacterSetNode,
  GroupNode,
  LookaroundAssertionNode,
  QuantifierNode,
  RegexNode,
} from 'oniguruma-parser/parser';
import { generate } from 'oniguruma-parser/generator';
import { CharacterTest } from './character-test.ts';
import { Op } from './program.ts';
import type { Instruction, Place, Program } from './program.ts';

/** Instructions of the largest pattern. */
const MOST = 4096;
const PLACES: readonly string[] = [
  'string_start',
  'string_end',
  'string_end_newline',
  'line_start',
  'line_end',
  'word_boundary',
];

type Node = AlternativeNode['body'][number];
type Single = CharacterNode | CharacterSetNode | CharacterClassNode;

/** Flags that hold where a part stands. */
interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
}

/** Parses a regular expression of Oniguruma. */
export function parsePattern(source: string): RegexNode {
  return parse(source, { rules: { captureGroup: true }, normalizeUnknownPropertyNames: true });
}

/**
 * Makes a program of a pattern.
 * @throws An Error that says what cannot be done in linear time, or is not known.
 */
export function compilePattern(tree: RegexNode): Program {
  const { flags } = tree;
  const compiler = new Compiler();
  const end = compiler.add({ op: Op.match, to: -1, or: -1 });
  const start = compiler.alternatives(tree.body as AlternativeNode[], end, flags, false);
  markShared(compiler.instructions, start);
  return { instructions: compiler.instructions, start, first: firstOf(compiler.instructions, start) };
}

/** Finds what is reached in more than one way; the whole and its parts are begun from many places. */
function markShared(instructions: readonly Instruction[], start: number): void {
  const ways = new Uint8Array(instructions.length);
  ways[start] = 2;
  for (const { op, to, or, part } of instructions) {
    for (const target of op === Op.split ? [to, or] : [to]) if (target >= 0 && ways[target]! < 2) ways[target]! += 1;
    if (part !== undefined) ways[part] = 2;
  }
  for (const [index, instruction] of instructions.entries()) instruction.isShared = ways[index] === 2;
}

class Compiler {
  readonly instructions: Instruction[] = [];
  readonly #tests = new Map<string, CharacterTest>();

  add(instruction: Omit<Instruction, 'isShared'>): number {
    if (this.instructions.length >= MOST) throw new Error(`over ${MOST} instructions`);
    return this.instructions.push({ ...instruction, isShared: false }) - 1;
  }

  // oxlint-disable-next-line max-params -- parts, what follows, and what holds for both.
  alternatives(list: readonly AlternativeNode[], next: number, flags: Flags, isBehind: boolean): number {
    let start = -1;
    for (const one of list.toReversed()) {
      const to = this.#sequence(one.body, next, flags, isBehind);
      start = start < 0 ? to : this.add({ op: Op.split, to, or: start });
    }
    return start < 0 ? next : start;
  }

  // oxlint-disable-next-line max-params -- as above.
  #sequence(parts: readonly Node[], next: number, given: Flags, isBehind: boolean): number {
    // A directive holds for what comes after it.
    let flags = given;
    const flagged = parts.flatMap((part): [Node, Flags][] => {
      if (part.type !== 'Directive') return [[part, flags]];
      if (part.kind !== 'flags') throw new Error(`\\K`);
      flags = changed(flags, part.flags);
      return [];
    });
    // Written from its end, which read from right to left is its beginning.
    const order = isBehind ? flagged : flagged.toReversed();
    return order.reduce((to, [part, own]) => this.#part(part, to, own, isBehind), next);
  }

  // oxlint-disable-next-line max-params -- as above.
  #part(node: Node, next: number, flags: Flags, isBehind: boolean): number {
    switch (node.type) {
      case 'Character':
      case 'CharacterClass':
        return this.#character(node, next, flags);
      case 'CharacterSet':
        return node.kind === 'newline' && node.negate !== true
          ? this.#newline(next, isBehind)
          : this.#character(node, next, flags);
      case 'CapturingGroup':
        return this.alternatives(node.body as AlternativeNode[], next, flags, isBehind);
      case 'Group':
        return this.#group(node, next, flags, isBehind);
      case 'Quantifier':
        return this.#quantifier(node, next, flags, isBehind);
      case 'Assertion':
        return this.#place(node, next);
      case 'LookaroundAssertion':
        return this.#look(node, next, flags);
      default:
        throw new Error(node.type);
    }
  }

  #character(node: Single, to: number, { ignoreCase, dotAll }: Flags): number {
    if (node.type === 'CharacterSet' && node.kind === 'text_segment') throw new Error(`\\X`);
    const tree = parsePattern('a');
    (tree.body[0]!.body as unknown[]) = [node];
    const source = `(?${ignoreCase ? 'i' : ''}${dotAll ? 'm' : ''}:${generate(tree).pattern})`;
    const test = this.#tests.get(source) ?? new CharacterTest(source);
    this.#tests.set(source, test);
    return this.add({ op: Op.character, to, or: -1, test });
  }

  /** A line break, of which CR LF is one. */
  #newline(next: number, isBehind: boolean): number {
    const tree = parsePattern(String.raw`(?>\x0d\x0a|[\x0a-\x0d\x{85}\x{2028}\x{2029}])`);
    return this.alternatives(tree.body as AlternativeNode[], next, { ignoreCase: false, dotAll: false }, isBehind);
  }

  // oxlint-disable-next-line max-params -- as above.
  #group({ body, atomic, flags: own }: GroupNode, next: number, given: Flags, isBehind: boolean): number {
    const flags = own === undefined ? given : changed(given, own);
    const list = body as AlternativeNode[];
    if (atomic !== true) return this.alternatives(list, next, flags, isBehind);
    const part = this.#whole((end) => this.alternatives(list, end, flags, isBehind));
    return this.add({ op: Op.atomic, to: next, or: -1, part, isBehind });
  }

  /** A part that is found by itself. */
  #whole(make: (end: number) => number): number {
    return make(this.add({ op: Op.match, to: -1, or: -1 }));
  }

  // oxlint-disable-next-line max-params -- as above.
  #quantifier({ kind, min, max, body }: QuantifierNode, next: number, flags: Flags, isBehind: boolean): number {
    if (kind === 'possessive') {
      const greedy: QuantifierNode = { type: 'Quantifier', kind: 'greedy', min, max, body };
      const part = this.#whole((end) => this.#quantifier(greedy, end, flags, isBehind));
      return this.add({ op: Op.atomic, to: next, or: -1, part, isBehind });
    }
    // Matchers disagree about these, and whether a step fails would not be known while it is within itself.
    if (max === Infinity && mayBeEmpty(body)) throw new Error('a repetition without end of what may be empty');
    if (isBehind && max === Infinity) throw new Error('a repetition without end in a lookbehind');
    return this.#repeat([min, max, kind === 'lazy'], (to) => this.#part(body, to, flags, isBehind), next);
  }

  #repeat(
    [min, max, isLazy]: readonly [number, number, boolean],
    once: (next: number) => number,
    next: number,
  ): number {
    const choice = (again: number, on: number): Omit<Instruction, 'isShared'> => ({
      op: Op.split,
      to: isLazy ? on : again,
      or: isLazy ? again : on,
    });
    let start = next;
    if (max === Infinity) {
      start = this.add({ op: Op.split, to: next, or: next });
      Object.assign(this.instructions[start]!, choice(once(start), next));
    } else for (let count = min; count < max; count++) start = this.add(choice(once(start), next));
    for (let count = 0; count < min; count++) start = once(start);
    return start;
  }

  #place({ kind, negate }: AssertionNode, to: number): number {
    if (!PLACES.includes(kind)) throw new Error(kind);
    return this.add({ op: Op.place, to, or: -1, place: kind as Place, negate: negate === true });
  }

  #look({ kind, negate, body }: LookaroundAssertionNode, to: number, flags: Flags): number {
    const isBehind = kind === 'lookbehind';
    const part = this.#whole((end) => this.alternatives(body as AlternativeNode[], end, flags, isBehind));
    return this.add({ op: Op.look, to, or: -1, part, negate, isBehind });
  }
}

/** Whether a part may be found without a character. */
function mayBeEmpty(node: Node): boolean {
  if (node.type === 'Quantifier') return node.min === 0 || mayBeEmpty(node.body);
  if (node.type === 'Group' || node.type === 'CapturingGroup') {
    return (node.body as AlternativeNode[]).some(({ body }) => body.every(mayBeEmpty));
  }
  return node.type !== 'Character' && node.type !== 'CharacterClass' && node.type !== 'CharacterSet';
}

function changed(flags: Flags, change: { enable?: object; disable?: object }): Flags {
  for (const name of Object.keys({ ...change.enable, ...change.disable })) {
    // Spaces in the pattern are gone already.
    if (name !== 'ignoreCase' && name !== 'dotAll' && name !== 'extended') throw new Error(`the flag ${name}`);
  }
  const without = Object.fromEntries(Object.keys(change.disable ?? {}).map((name) => [name, false]));
  return { ...flags, ...change.enable, ...without };
}

/** The classes of the characters that a match begins with; undefined if it may begin with something else. */
function firstOf(instructions: readonly Instruction[], start: number): readonly CharacterTest[] | undefined {
  const tests = new Set<CharacterTest>();
  const seen = new Set<number>();
  const stack = [start];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const { op, to, or, test, part, isBehind } = instructions[at]!;
    if (op === Op.character) tests.add(test!);
    else if (op === Op.split) stack.push(to, or);
    // What an atomic part begins with; an empty one comes to its end.
    else if (op === Op.atomic && isBehind !== true) stack.push(part!);
    else return undefined;
  }
  return [...tests];
}
