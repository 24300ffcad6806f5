import { refusal } from '../errors.ts';

/**
 * What a Monte Carlo method makes of an episode that was cut off by a step limit, whose return nobody saw.
 *
 * - `'bootstrap'` (default): the value of the state where it was cut stands for the rest, as in every TD method.
 * - `'discard'`: the episode is left out. Unbiased only if the limit says nothing about the return; long episodes are
 *   missed, so values lean to those of short ones.
 *
 * @category Learning
 * @since 0.1.0
 */
export type TruncationRule = 'bootstrap' | 'discard';

/** The rule to use; throws for another word. */
export function truncationRule(op: string, rule: TruncationRule = 'bootstrap'): TruncationRule {
  if (rule === 'bootstrap' || rule === 'discard') return rule;
  throw refusal('ARGUMENT', {
    op,
    problem: 'no such rule for truncated episodes',
    got: `truncation '${String(rule)}'`,
    expected: "'bootstrap' or 'discard'",
    fix: 'Pass one of the two.',
  });
}
