/** Values are about to come from elsewhere: first ones would be drawn for nothing, and take as much memory. */
let isSkipping = false;

/** Whether modules are made whose values come from elsewhere. */
export const skipsInitialValues = (): boolean => isSkipping;

/**
 * Makes a module whose values are all to come from elsewhere, such as from a file: random ones are not drawn but 0, and none take memory
 * until they are computed with, however large the module is.
 * @param make - What makes it; not asynchronous.
 * @example
 * const layer = init.withoutInitialValues(() => new Linear({ inFeatures: 1_000_000, outFeatures: 1_000_000 }));
 * layer.weight.shape; // => [1000000, 1000000]
 * @category Initialisation
 */
export function withoutInitialValues<Made>(make: () => Made): Made {
  const before = isSkipping;
  isSkipping = true;
  try {
    return make();
  } finally {
    isSkipping = before;
  }
}
