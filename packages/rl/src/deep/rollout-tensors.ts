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
    };
  }

  /** Takes over a rollout. */
  load({ buffer, values, logProbs, advantages, returns }: Rollout): void {
    const { observations, actions, masks } = buffer;
    const arrays: Record<keyof Minibatch, TypedArray> = {
      observations: observations.slice(),
      actions: actions.slice(),
      masks: masks.slice(),
      values,
      logProbs,
      advantages,
      returns,
    };
    for (const [name, variable] of Object.entries(this.#variables)) {
      if (variable === undefined) continue;
      const { dtype, shape } = variable;
      variable.assign(hostLeaf(arrays[name as keyof Minibatch], { dtype, shape: shape as readonly number[] }, false));
    }
  }

  /** The rows of an index, `[batch]` int32; all in order without one. */
  rows(index?: Tensor): Minibatch {
    const take = (variable: Variable): Tensor => (index === undefined ? variable.value : gather(variable, index));
    const { masks, ...others } = this.#variables;
    const taken = Object.fromEntries(Object.entries(others).map(([name, variable]) => [name, take(variable!)]));
    return { ...taken, masks: masks && take(masks) } as unknown as Minibatch;
  }
}
