import { refuse } from '../errors.ts';
import { PickleReader } from './reader.ts';
import { Known, Tuple, describePickled, isKey } from './values.ts';
import type { Dict, PickleKey, PickleValue } from './values.ts';

/** What a reader of pickles allows. */
export interface PickleRules {
  /** Who reads, for messages. */
  readonly op: string;
  /** What a name stands for; undefined for one that is not known. */
  readonly find: (name: string) => Known | undefined;
  /** What a reference to something outside the pickle stands for. */
  readonly persistent: (id: PickleValue) => PickleValue;
  /** Whether a state may be set on a value, which then stays as it is. */
  readonly takesState: (value: PickleValue) => boolean;
}

/** The state of a pickle that is being read. Each instruction puts on at most one value, so it grows with the pickle. */
export class PickleMachine {
  readonly read: PickleReader;
  readonly #rules: PickleRules;
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack at the marks that are open. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array, start: number, rules: PickleRules) {
    this.read = new PickleReader(bytes, start, rules.op);
    this.#rules = rules;
  }

  result(): PickleValue {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#marks.length > 0) this.fail('values are left over', value, 'a single one');
    return value;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) this.fail('the stack is empty', undefined, 'a value');
    return this.#stack.pop()!;
  }

  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  popMark(): PickleValue[] {
    const height = this.#marks.pop();
    if (height === undefined) return this.fail('a mark is missing', undefined, 'one');
    return this.#stack.splice(height);
  }

  put(index: number): void {
    this.#memo.set(index, this.top());
  }

  memoize(): void {
    this.put(this.#memo.size);
  }

  get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) this.fail(`nothing is remembered as ${index}`, undefined, 'a value');
    else this.push(value);
  }

  /** Text that is taken from the stack: a part of a name. */
  popText(): string {
    const value = this.pop();
    return typeof value === 'string' ? value : this.fail('no name', value, 'text');
  }

  name(module: string, name: string): void {
    const full = `${module}.${name}`;
    const known = this.#rules.find(full);
    if (known !== undefined) return this.push(known);
    refuse({
      op: this.#rules.op,
      problem: 'the file asks for something that is not plain data',
      got: `'${full.slice(0, 120).replaceAll(/[^\x20-\x7e]/g, '?')}'`,
      expected: 'tensors, and containers, numbers and text around them',
      remedy: 'Nothing of it was run. In Python, save only the weights: torch.save(model.state_dict(), path).',
    });
  }

  /** What pickle calls calling. */
  build(): void {
    const args = this.pop();
    const made = this.pop();
    if (!(args instanceof Tuple)) this.fail('no arguments', args, 'a tuple');
    else if (!(made instanceof Known) || made.build === undefined)
      this.fail('no way to make a value', made, 'a known one');
    else this.push(made.build(args.items));
  }

  setState(): void {
    this.pop();
    const value = this.top();
    if (!this.#rules.takesState(value))
      this.fail('a state for what has none', value, 'an ordered dictionary or a tensor');
  }

  persistent(): void {
    this.push(this.#rules.persistent(this.pop()));
  }

  appendTo(values: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) this.fail('no list to append to', list, 'a list');
    else for (const value of values) list.push(value);
  }

  addTo(values: readonly PickleValue[]): void {
    const set = this.top();
    if (!(set instanceof Set)) this.fail('no set to add to', set, 'a set');
    else for (const value of values) set.add(this.key(value));
  }

  setItems(values: readonly PickleValue[]): void {
    const into = this.top();
    if (!(into instanceof Map)) this.fail('no dictionary to fill', into, 'a dictionary');
    else this.#fill(into, values);
  }

  dict(values: readonly PickleValue[]): Dict {
    const into: Dict = new Map();
    this.#fill(into, values);
    return into;
  }

  key(value: PickleValue): PickleKey {
    return isKey(value) ? value : this.fail('a key that is none', value, 'text or a number');
  }

  #fill(into: Dict, values: readonly PickleValue[]): void {
    if (values.length % 2 !== 0) this.fail('a key without a value', values.at(-1), 'pairs');
    for (let at = 0; at < values.length; at += 2) into.set(this.key(values[at]!), values[at + 1]!);
  }

  fail(problem: string, got: PickleValue | undefined, expected: string): never {
    return refuse({
      op: this.#rules.op,
      problem: `${problem}, at byte ${this.read.at}`,
      got: describePickled(got),
      expected,
    });
  }
}
