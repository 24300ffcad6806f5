import type { RunQueue } from '@gai/core/backend';
import type { GpuDevice } from '../platform.ts';
import type { Allocation } from './allocation.ts';

/** One GPU device, from when it was had to when it is lost; tensors and sessions belong to one. */
export class GpuLink {
  readonly device: GpuDevice;
  readonly #queue: RunQueue;
  #lost: string | undefined;

  /**
   * @param onLost - Is told when the device goes without having been asked to.
   */
  constructor(device: GpuDevice, queue: RunQueue, onLost: (reason: string) => void) {
    this.device = device;
    this.#queue = queue;
    void device.lost.then(({ reason, message }) => {
      this.#lost ??= (message || reason || 'no reason given').replace(/\.$/, '');
      onLost(this.#lost);
    });
  }

  /** Why the device is gone; undefined while it is there. */
  get lost(): string | undefined {
    return this.#lost;
  }

  /** Frees what was dropped without `dispose()`. */
  readonly collected = new FinalizationRegistry<Allocation>((allocation) => this.free(allocation));

  /** Frees a tensor behind the runs asked for so far. */
  free(allocation: Allocation): void {
    void this.#queue.add(() => {
      if (this.#lost === undefined) allocation.free();
    });
  }

  /** Waits until a loss that made an operation fail is known. */
  async settled(): Promise<void> {
    const soon = new Promise<void>((resolve) => setTimeout(resolve, 100));
    await Promise.race([this.device.lost, soon]);
  }
}
