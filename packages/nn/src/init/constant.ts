import { full } from '@gai/core';
import { filled } from './initializer.ts';
import type { Initializer } from './initializer.ts';
import { skipsInitialValues } from './without-initial-values.ts';

/**
 * The same value everywhere.
 * @example
 * await toArray(init.constant(0.5)([2])); // => [0.5, 0.5]
 * @category Initialisation
 */
export function constant(value: number): Initializer {
  return (shape, dtype = 'float32') =>
    skipsInitialValues() ? full([...shape], value, dtype) : filled('constant', { shape, dtype }, () => value);
}

/**
 * Zeros.
 * @example
 * await toArray(init.zeros()([2])); // => [0, 0]
 * @category Initialisation
 */
export function zeros(): Initializer {
  return constant(0);
}

/**
 * Ones.
 * @example
 * await toArray(init.ones()([2])); // => [1, 1]
 * @category Initialisation
 */
export function ones(): Initializer {
  return constant(1);
}
