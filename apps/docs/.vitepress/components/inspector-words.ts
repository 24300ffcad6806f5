import { formatNumber } from '../kit/heat-map.ts';
import type { Matrix, Place } from '../kit/heat-map.ts';
import type { Look } from './inspector-model.ts';

/** Scores or weights of one head, `[time][time]`; scores of what may not be seen are −∞. */
export function headMatrix(look: Look, which: 'scores' | 'weights', [layer, head]: Place): Matrix {
  const time = look.tokens.length;
  const from = (layer * look.heads + head) * time * time;
  return Array.from({ length: time }, (_, query) =>
    Array.from({ length: time }, (__, key) =>
      which === 'scores' && key > query ? -Infinity : look[which][from + query * time + key]!,
    ),
  );
}

/** What a pair of tokens has to do with each other in a head. */
export function pairWords(look: Look, head: Place, [query, key]: Place): string {
  const [asks, answers] = [look.tokens[query], look.tokens[key]];
  if (asks === undefined || answers === undefined) return '';
  const named = `“${asks.text}” (${query}) looks at “${answers.text}” (${key})`;
  if (key > query) return `${named}: not at all, for it comes later.`;
  const score = headMatrix(look, 'scores', head)[query]![key]!;
  const weight = headMatrix(look, 'weights', head)[query]![key]!;
  return (
    `${named}: q · k / √d = ${formatNumber(score)}. Among the ${query + 1} it may see that gives a weight of ${formatNumber(weight, 3)}: ` +
    `${formatNumber(100 * weight, 1)} % of what this head brings to “${asks.text}” is the value of “${answers.text}”.`
  );
}
