import { ArgumentError } from '@gai/core';
import { MODEL_CARDS } from './cards/index.ts';
import type { ModelCard } from './model-card.ts';

/**
 * The card of a model that is known by name.
 * @throws {@link ArgumentError} if there is none; the message lists the names.
 * @example
 * findCard('minilm').licence; // => 'Apache-2.0 (weights), MIT (package)'
 * @category Models
 */
export function findCard(name: string): ModelCard {
  const card = MODEL_CARDS.find((each) => each.name === name);
  if (card !== undefined) return card;
  throw new ArgumentError(
    `findCard: no such model. Got '${name.slice(0, 80)}'; expected one of ${MODEL_CARDS.map((each) => each.name).join(', ')}. ` +
      `Any package works too: pip:NAME==VERSION, npm:NAME@VERSION, or a folder.`,
    { op: 'findCard', details: { name } },
  );
}
