import { nearestName } from '@gai/core/errors';

/** `Did you mean frozen-lake? ` for the name nearest to a misspelt one, or nothing where none is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `Did you mean ${nearest}? `;
}
