import { wellFormed } from '../text/characters.ts';
import { AlignedText } from '../text/aligned-text.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import type { PreTokenizer, TakeWords } from '../pre-tokenizers/pre-tokenizer.ts';
import type { ReportTraining, TrainingTexts } from './options.ts';

/** Texts between two reports. */
const REPORT_EVERY = 256;

/** Reads all texts and counts their words, as the tokenizer to come will cut them. */
export async function countWords(
  texts: TrainingTexts,
  { normalizer, preTokenizer }: { normalizer: Normalizer | undefined; preTokenizer: PreTokenizer },
  report: ReportTraining | undefined,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const take: TakeWords = ({ text }, { values, length }) => {
    for (let at = 0; at < length; at += 2) {
      const word = text.slice(values[at]!, values[at + 1]!);
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  };
  let done = 0;
  for await (const text of typeof texts === 'string' ? [texts] : texts) {
    const piece = new AlignedText(wellFormed(text));
    preTokenizer.split(normalizer?.(piece) ?? piece, take);
    done += 1;
    if (done % REPORT_EVERY === 0) report?.({ phase: 'reading', done, total: undefined });
  }
  report?.({ phase: 'reading', done, total: done });
  return counts;
}
