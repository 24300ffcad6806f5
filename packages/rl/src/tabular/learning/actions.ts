import type { Random } from '../random.ts';
import type { TabularEnv } from '../tabular-env.ts';
import { discreteSize } from '../tabular-env.ts';

/** Which actions each state offers, and how to choose among them by their values `q[state · numActions + action]`. */
export class ActionTable {
  readonly numStates: number;
  readonly numActions: number;
  /** `[numStates + 1]`: where each state's actions begin in `list`. */
  readonly offsets: Int32Array;
  readonly list: Int32Array;

  constructor(op: string, env: TabularEnv) {
    this.numStates = discreteSize(op, 'observationSpace', env.observationSpace);
    this.numActions = discreteSize(op, 'actionSpace', env.actionSpace);
    const all = Array.from({ length: this.numActions }, (_, a) => a);
    const list: number[] = [];
    this.offsets = new Int32Array(this.numStates + 1);
    for (let s = 0; s < this.numStates; s++) {
      const offered = env.availableActions?.(s) ?? all;
      for (let i = 0; i < offered.length; i++) list.push(offered[i]!);
      this.offsets[s + 1] = list.length;
    }
    this.list = Int32Array.from(list);
  }

  /** How many actions `state` offers. */
  count(state: number): number {
    return this.offsets[state + 1]! - this.offsets[state]!;
  }

  /** Any offered action. */
  any(state: number, random: Random): number {
    return this.list[this.offsets[state]! + random.integer(this.count(state))]!;
  }

  /** The largest value, 0 where nothing is offered. */
  max(q: Float64Array, state: number): number {
    const end = this.offsets[state + 1]!;
    const base = state * this.numActions;
    let i = this.offsets[state]!;
    if (i === end) return 0;
    let best = q[base + this.list[i]!]!;
    for (i++; i < end; i++) {
      const v = q[base + this.list[i]!]!;
      if (v > best) best = v;
    }
    return best;
  }

  /** An action of the largest value; ties are broken at random. */
  greedy(q: Float64Array, state: number, random: Random): number {
    const end = this.offsets[state + 1]!;
    const base = state * this.numActions;
    let best = -Infinity;
    let action = 0;
    let ties = 0;
    for (let i = this.offsets[state]!; i < end; i++) {
      const a = this.list[i]!;
      const v = q[base + a]!;
      if (v > best) {
        best = v;
        action = a;
        ties = 1;
      } else if (v === best && random.integer(++ties) === 0) action = a;
    }
    return action;
  }

  /** With probability ε any action, else a greedy one. */
  epsilonGreedy([q, state]: readonly [Float64Array, number], epsilon: number, random: Random): number {
    return random.uniform() < epsilon ? this.any(state, random) : this.greedy(q, state, random);
  }

  /** `Σ π(a|s) q(s, a)` of the ε-greedy policy: `ε·mean + (1 − ε)·max`. */
  expected(q: Float64Array, state: number, epsilon: number): number {
    const count = this.count(state);
    if (count === 0) return 0;
    const base = state * this.numActions;
    let sum = 0;
    for (let i = this.offsets[state]!; i < this.offsets[state + 1]!; i++) sum += q[base + this.list[i]!]!;
    return (epsilon * sum) / count + (1 - epsilon) * this.max(q, state);
  }

  /** π(a|s) of the ε-greedy policy; greedy actions share the rest. */
  probability([q, state]: readonly [Float64Array, number], action: number, epsilon: number): number {
    const best = this.max(q, state);
    const base = state * this.numActions;
    let ties = 0;
    for (let i = this.offsets[state]!; i < this.offsets[state + 1]!; i++) if (q[base + this.list[i]!] === best) ties++;
    return epsilon / this.count(state) + (q[base + action] === best ? (1 - epsilon) / ties : 0);
  }

  /** The greedy policy: the lowest of the best actions, −1 where nothing is offered. */
  policy(q: Float64Array): Int32Array {
    return Int32Array.from({ length: this.numStates }, (_, s) => {
      const best = this.max(q, s);
      for (let i = this.offsets[s]!; i < this.offsets[s + 1]!; i++) {
        if (q[s * this.numActions + this.list[i]!] === best) return this.list[i]!;
      }
      return -1;
    });
  }
}
