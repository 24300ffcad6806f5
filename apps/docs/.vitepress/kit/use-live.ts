import { onMounted, ref, shallowRef } from 'vue';
import type { Ref, ShallowRef } from 'vue';
import { latest } from './latest.ts';

/** What a live figure shows of its work. */
export interface Live<Result> {
  readonly result: ShallowRef<Result | undefined>;
  /** What it is doing; empty when it is done. */
  readonly status: Ref<string>;
  /** What went wrong, in a line; empty if nothing did. */
  readonly error: Ref<string>;
  /** Computes anew; of calls that overlap only the last one is shown. */
  readonly update: () => void;
}

/**
 * Work of a figure, which begins in the browser only: `compute` imports its heavy code when it is first called, and may say
 * what it is doing meanwhile. The result stays in sight until there is the next.
 */
export function useLive<Result>(
  compute: (say: (status: string) => void) => Promise<Result>,
  begin: string,
): Live<Result> {
  const result = shallowRef<Result>();
  const status = ref(begin);
  const error = ref('');
  const update = latest(compute, {
    onStatus: (text) => (status.value = text),
    onResult: (value) => {
      result.value = value;
      error.value = '';
    },
    onError: (text) => (error.value = text),
  });
  onMounted(update);
  return { result, status, error, update };
}
