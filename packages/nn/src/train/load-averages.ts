import { averagedWeights } from '../optim/ema.ts';
import type { Callback } from './callback.ts';

/**
 * Ends a `fit` with the averages of the weights that {@link ema} has kept, in place of the last weights.
 * @example
 * loadAverages().name; // => 'loadAverages'
 * @category Callbacks
 */
export function loadAverages(): Callback {
  return {
    name: 'loadAverages',
    onFitEnd: (context) => {
      // A run that ended before its first update has no average yet.
      if (context.step === 0) return;
      context.model.loadStateDict({ ...context.model.stateDict(), ...averagedWeights(context.checkpoint()) });
    },
  };
}
