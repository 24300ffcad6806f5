import type { data } from '@gai/core';

/** The elements of a tensor, on the host. */
export type Elements = Awaited<ReturnType<typeof data>>;

/**
 * Memory for batches that run together, used again for those after them: the system zeroes fresh memory page by page,
 * which takes longer than copying the batches into it. It holds what the latest runs took, and no more.
 */
export class StackMemory {
  #free: Elements[] = [];

  /** Gives `use` a function that takes memory; once it has succeeded, nobody reads that any more. */
  async lend<T>(use: (take: TakeMemory) => Promise<T>): Promise<T> {
    const taken: Elements[] = [];
    const result = await use((like, length) => {
      const memory = this.#take(like, length);
      taken.push(memory);
      return memory;
    });
    // A run that failed may still be reading: its memory is left to it. What a backend gave away has no length left.
    this.#free = taken.filter(({ byteLength }) => byteLength > 0);
    return result;
  }

  /** Keeps nothing. */
  clear(): void {
    this.#free = [];
  }

  #take(like: Elements, length: number): Elements {
    const found = this.#free.findIndex((one) => one.length === length && one.constructor === like.constructor);
    return found >= 0 ? this.#free.splice(found, 1)[0]! : freshMemory(like, length);
  }
}

/** Memory for `length` elements of the type of others, with whatever in it. */
export type TakeMemory = (like: Elements, length: number) => Elements;

/** Memory of its own each time. */
export const freshMemory: TakeMemory = (like, length) =>
  new (like.constructor as new (length: number) => Elements)(length);
