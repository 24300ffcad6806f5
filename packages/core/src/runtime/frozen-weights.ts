import type { Backend } from '../backend/backend.ts';
import type { Tensor } from '../ir/tensor.ts';
import type { Variable } from '../ir/variable.ts';
import { evaluateShape } from '../shape.ts';
import { valuesOf } from './frozen-values.ts';
import type { FrozenValues, Held } from './frozen-values.ts';
import { evaluateOn } from './read.ts';
import { contentOf, onceKnown } from './weights.ts';

/** Leaves whose values a session holds, as they were when it was made. */
export class FrozenWeights {
  readonly tensors: readonly Tensor[];
  readonly #variables: readonly Variable[];
  #versions: readonly number[] = [];

  constructor(tensors: readonly Tensor[]) {
    this.tensors = tensors;
    this.#variables = tensors.flatMap(({ leaf }) => (leaf?.kind === 'variable' ? [leaf.variable] : []));
  }

  /** Whether a variable has got another value since {@link read}. */
  get stale(): boolean {
    return this.#variables.some((variable, index) => variable.version !== this.#versions[index]);
  }

  /** The values of now; what the backend holds, or reads from a file by itself, is not read here. */
  async read(backend: Backend): Promise<FrozenValues> {
    const held = await onceKnown(
      this.tensors,
      (open) => evaluateOn(backend, open),
      () => {
        this.#versions = this.#variables.map((variable) => variable.version);
        return this.tensors.map(hold);
      },
    );
    return valuesOf(held, backend);
  }
}

function hold(tensor: Tensor, index: number): Held {
  const { dtype, shape } = tensor;
  // Asked for as a value, it is not freed under our hands when the variable gets another one.
  const leaf = (tensor.leaf?.kind === 'variable' ? tensor.leaf.variable.value.leaf : tensor.leaf)!;
  const content = contentOf(tensor);
  return { tensor, leaf, weight: { name: `weight${index}`, dtype, shape: evaluateShape(shape, new Map()), content } };
}
