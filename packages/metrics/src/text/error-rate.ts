import { checkOptionNames } from '@gai/core/errors';
import { refused } from '../refused.ts';
import { checkTexts } from '../texts.ts';
import { trim, words } from '../words.ts';

/**
 * Settings of {@link errorRate}.
 * @category Text
 */
export interface ErrorRateOptions {
  /** `word` for the word error rate (WER), `character` for the character error rate (CER). Default `word`. */
  readonly unit?: 'word' | 'character' | undefined;
}

/**
 * What {@link errorRate} returns; the counts are of all texts.
 * @category Text
 */
export interface ErrorRate {
  /** `(substitutions + deletions + insertions) / units of the references`; above 1 where much was inserted. */
  readonly rate: number;
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  readonly hits: number;
}

/**
 * Word or character error rate of a corpus: the fewest edits from the references to the hypotheses, over the size of the
 * references, as jiwer counts it. Case and punctuation count: make texts alike first. White space at the ends of a text
 * does not; words lie between any white space (jiwer splits at spaces alone). Of the ways with the fewest edits the one
 * with the most hits is counted: jiwer's may have other substitutions, deletions and insertions, of the same sum.
 *
 * Time grows with the product of the lengths of a pair, memory with the length of the hypothesis.
 *
 * @param hypotheses - What was recognised.
 * @param references - What was said, one for each hypothesis.
 * @throws {@link ArgumentError} for lists of unequal length and for references without a single word.
 * @example
 * import { errorRate } from '@gai/metrics';
 * errorRate(['the cat sat on mat'], ['the cat sat on the mat']).rate.toFixed(3); // => '0.167'
 * @category Text
 */
export function errorRate(
  hypotheses: readonly string[],
  references: readonly string[],
  options: ErrorRateOptions = {},
): ErrorRate {
  checkOptionNames('errorRate', options, ['unit']);
  const { unit = 'word' } = options;
  if (unit !== 'word' && unit !== 'character')
    throw refused('errorRate', 'no such unit', unit, "'word' or 'character'");
  checkTexts('errorRate', 'hypotheses', hypotheses);
  checkTexts('errorRate', 'references', references);
  if (hypotheses.length !== references.length) {
    throw refused('errorRate', `${hypotheses.length} hypotheses do not fit`, references, `${hypotheses.length} texts`);
  }
  const split = unit === 'word' ? words : (text: string) => [...trim(text)];
  const sum = { substitutions: 0, deletions: 0, insertions: 0, hits: 0 };
  let size = 0;
  hypotheses.forEach((hypothesis, row) => {
    const reference = split(references[row]!);
    const edits = countEdits(split(hypothesis), reference);
    for (const kind of ['substitutions', 'deletions', 'insertions', 'hits'] as const) sum[kind] += edits[kind];
    size += reference.length;
  });
  if (size === 0) throw refused('errorRate', `the references have no ${unit}`, references, `at least one ${unit}`);
  return { rate: (sum.substitutions + sum.deletions + sum.insertions) / size, ...sum };
}

/**
 * The fewest edits. A row holds edits and, of the ways that need so few, the most hits: these two give all four counts,
 * because insertions minus deletions is the difference of the lengths.
 */
function countEdits(found: readonly string[], wanted: readonly string[]): Omit<ErrorRate, 'rate'> {
  const edits = Uint32Array.from({ length: found.length + 1 }, (_, column) => column);
  const hits = new Uint32Array(found.length + 1);
  for (const [row, word] of wanted.entries()) {
    let [diagonalEdits, diagonalHits] = [edits[0]!, hits[0]!];
    edits[0] = row + 1;
    for (let column = 1; column <= found.length; column++) {
      const isHit = word === found[column - 1];
      const [aboveEdits, aboveHits] = [edits[column]!, hits[column]!];
      let best = diagonalEdits + (isHit ? 0 : 1);
      let most = diagonalHits + (isHit ? 1 : 0);
      for (const from of [column - 1, column]) {
        const [cost, same] = [edits[from]! + 1, hits[from]!];
        if (cost < best || (cost === best && same > most)) [best, most] = [cost, same];
      }
      edits[column] = best;
      hits[column] = most;
      [diagonalEdits, diagonalHits] = [aboveEdits, aboveHits];
    }
  }
  return split(edits[found.length]!, hits[found.length]!, found.length, wanted.length);
}

function split(edits: number, hits: number, found: number, wanted: number): Omit<ErrorRate, 'rate'> {
  // found = hits + substitutions + insertions, wanted = hits + substitutions + deletions, edits = the sum of the three.
  const substitutions = found + wanted - 2 * hits - edits;
  return { substitutions, deletions: wanted - hits - substitutions, insertions: found - hits - substitutions, hits };
}
