import { GraphError } from '@gai/core';
import { currentScope } from '@gai/core/ops';
import type { Tensor } from '@gai/core';
import { foldIn, key } from '@gai/core/random';
import { shared } from './shared.ts';

/** Where the random numbers of layers come from while something runs: a key, and how many were drawn from it. */
interface RandomScope {
  readonly key: Tensor;
  readonly draws: Map<string, number>;
}

interface RandomState {
  scope: RandomScope | undefined;
  eagerDraws: number;
}

const state = (): RandomState => shared('random', () => ({ scope: undefined, eagerDraws: 0 }));

/**
 * Runs `fn` with a key for layers that draw random numbers (Dropout). `trainStep` does it with a key per step.
 * @example
 * const dropped = withRandomKey(key(0), () => new Dropout({ p: 0.5 }).forward(tensor([1, 1, 1, 1])));
 * dropped.shape; // => [4]
 * @category Modules
 */
export function withRandomKey<R>(randomKey: Tensor, fn: () => R): R {
  const random = state();
  const outer = random.scope;
  random.scope = { key: randomKey, draws: new Map() };
  try {
    return fn();
  } finally {
    random.scope = outer;
  }
}

/**
 * A key for one draw of the layer called `name`; each draw gets another one.
 * @throws {@link GraphError} in a traced function that has no key: it would draw the same numbers at every call.
 */
export function drawKey(name: string): Tensor {
  const random = state();
  const { scope } = random;
  if (scope === undefined && currentScope() !== null) {
    throw new GraphError(
      `${name}: no random key in a traced function. Got a layer in training mode; expected withRandomKey(key, ...) ` +
        `around it. Call model.eval() to run without random numbers, or train with trainStep or fit.`,
      { op: name },
    );
  }
  if (scope === undefined) return foldIn(key(0), `${name}#${random.eagerDraws++}`);
  const draw = scope.draws.get(name) ?? 0;
  scope.draws.set(name, draw + 1);
  return foldIn(scope.key, `${name}#${draw}`);
}
