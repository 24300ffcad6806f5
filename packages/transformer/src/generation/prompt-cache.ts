import type { KeyValueCache } from '@gai/nn';
import type { StepProgram } from './step-program.ts';

/**
 * The keys and values of tokens that were computed, and which tokens they are: what {@link generate} returns for the next call, whose
 * prompt may begin with the same tokens. A cache of one row serves all rows of a batch. It is not changed by the calls that take it.
 * @category Generation
 */
export class PromptCache {
  /** The tokens of each row that it holds. */
  readonly ids: readonly (readonly number[])[];
  readonly #keys: KeyValueCache;
  readonly #program: StepProgram;
  readonly #version: number;

  /** @param of - What computed it, and of which weights. @internal */
  constructor(
    of: { readonly program: StepProgram; readonly version: number },
    keys: KeyValueCache,
    ids: readonly (readonly number[])[],
  ) {
    this.#program = of.program;
    this.#version = of.version;
    this.#keys = keys;
    this.ids = ids;
  }

  /** Bytes of memory that it holds. */
  get bytes(): number {
    return this.#keys.bytes;
  }

  /** A copy of its keys and values to go on with; undefined if the model has other weights since. @internal */
  keysFor(program: StepProgram): KeyValueCache | undefined {
    return program === this.#program && program.version === this.#version ? this.#keys.fork() : undefined;
  }

  /** Gives up the memory. */
  dispose(): void {
    this.#keys.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
