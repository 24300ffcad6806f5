import type { AlternativeNode, RegexNode } from 'oniguruma-parser/parser';

/** Ways that are tried at one place of a text, at most. */
const MOST_WAYS = 64;
const SINGLE: readonly string[] = ['Character', 'CharacterClass', 'CharacterSet'];

type Node = AlternativeNode['body'][number];

/**
 * Whether any matcher is done with each place of a text after a bounded number of steps, or with all it has looked at: a few characters
 * and repetitions of characters with an end, or one repetition without an end and nothing else.
 */
export function isQuick({ body }: RegexNode): boolean {
  const lists = (body as AlternativeNode[]).map((one) => one.body);
  if (lists.length === 1 && isRun(lists[0]!)) return true;
  const ways = lists.reduce((sum, list) => sum + list.reduce((product, node) => product * waysOf(node), 1), 0);
  return ways <= MOST_WAYS;
}

/** ` {2,}`, or ` +` at the beginning of the text. */
function isRun(list: readonly Node[]): boolean {
  const [first, second] = list;
  if (first?.type === 'Assertion' && first.kind === 'string_start' && list.length === 2) return isRun([second!]);
  if (first?.type !== 'Quantifier' || list.length !== 1) return false;
  return (
    first.kind === 'greedy' && first.max === Infinity && first.min <= MOST_WAYS && SINGLE.includes(first.body.type)
  );
}

function waysOf(node: Node): number {
  if (SINGLE.includes(node.type)) return 1;
  if (node.type !== 'Quantifier' || !SINGLE.includes(node.body.type)) return Infinity;
  return node.max - node.min + 1;
}
