import { Variable, gather, zeros } from '@gai/core';
import type { Tensor, TypedArray } from '@gai/core';
import { hostLeaf } from '@gai/core/ops';
import type { ActionHead } from './action-head.ts';
import type { ObservationCodec } from './observation-codec.ts';
import type { Rollout } from './on-policy-agent.ts';
import type { RolloutSizes } from './rollout-buffer.ts';

/** Rows of a rollout in a graph: `[batch]`, or as said. */
export interface Minibatch {
  /** `[batch, ...shape]`. */
  readonly observations: Tensor;
  /** `[batch, ...shape]`. */
  readonly actions: Tensor;
  /** `[batch, entries]`. */
  readonly masks: Tensor | undefined;
  /** Values, and log-probabilities of the actions, under the policy that acted. */
  readonly values: Tensor;
  readonly logProbs: Tensor;
  readonly advantages: Tensor;
  readonly returns: Tensor;
  /** Of a policy that remembers: what it knew before each step, and whether an episode began there. */
  readonly states: Tensor | undefined;
  readonly starts: Tensor | undefined;
}

/** A rollout where an update finds it: the graph gathers its minibatches by index, and nothing is compiled anew. */
export class RolloutTensors {
  readonly #variables: Readonly<Record<keyof Minibatch, Variable | undefined>>;

  constructor(sizes: RolloutSizes, { codec, head }: { codec: ObservationCodec; head: ActionHead }) {
    const rows = sizes.nSteps * sizes.numEnvs;
    const column = (name: string): Variable => new Variable(zeros([rows]), name);
    this.#variables = {
      observations: new Variable(zeros([rows, ...codec.shape]), 'observations'),
      actions: new Variable(zeros([rows, ...head.shape], head.dtype), 'actions'),
      masks: sizes.mask === 0 ? undefined : new Variable(zeros([rows, sizes.mask]), 'masks'),
      values: column('values'),
      logProbs: column('logProbs'),
      advantages: column('advantages'),
      returns: column('returns'),
      states: sizes.state === 0 ? undefined : new Variable(zeros([rows, sizes.state]), 'states'),
      starts: sizes.state === 0 ? undefined : column('starts'),
    };
  }

  /** Takes over a rollout. */
  load({ buffer, values, logProbs, advantages, returns }: Rollout): void {
    const { observations, actions, masks, states, starts } = buffer;
    const arrays: Record<keyof Minibatch, TypedArray> = {
      observations: observations.slice(),
      actions: actions.slice(),
      masks: masks.slice(),
      values,
      logProbs,
      advantages,
      returns,
      states: states.slice(),
      starts: starts.slice(),
    };
    for (const [name, variable] of Object.entries(this.#variables)) {
      if (variable === undefined) continue;
      const { dtype, shape } = variable;
      variable.assign(hostLeaf(arrays[name as keyof Minibatch], { dtype, shape: shape as readonly number[] }, false));
    }
  }

  /** The rows of an index, `[batch]` int32; all in order without one. */
  rows(index?: Tensor): Minibatch {
    const names = Object.keys(this.#variables) as (keyof Minibatch)[];
    return Object.fromEntries(names.map((name) => [name, this.#take(name, index)])) as unknown as Minibatch;
  }

  /** One column of an index of any shape. */
  column(name: keyof Minibatch, index: Tensor): Tensor {
    return this.#take(name, index)!;
  }

  #take(name: keyof Minibatch, index: Tensor | undefined): Tensor | undefined {
    const variable = this.#variables[name];
    return variable === undefined || index === undefined ? variable?.value : gather(variable, index);
  }
}
