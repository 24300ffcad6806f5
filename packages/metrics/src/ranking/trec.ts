import { DataError } from '@gai/core/errors';
import { words } from '../words.ts';

/**
 * Reads TREC's relevance judgments: lines of `query iteration document level`.
 * @param text - A qrels file.
 * @returns For each query its documents' levels.
 * @throws {@link DataError} with the line for anything else, and for a document that is judged twice.
 * @example
 * import { parseQrels } from '@gai/metrics';
 * parseQrels('q1 0 d1 2\nq1 0 d2 0').get('q1')?.get('d1'); // => 2
 * @category Ranking
 */
export function parseQrels(text: string): Map<string, Map<string, number>> {
  return parse('parseQrels', text, 'query iteration document level', ([query, , document, level]) => {
    return [query!, document!, /^[+-]?\d{1,9}$/u.test(level!) ? Number(level) : Number.NaN];
  });
}

/**
 * Reads a TREC run: lines of `query Q0 document rank score name`. The scores order the documents; ranks are not looked at,
 * as in trec_eval.
 * @param text - A run file.
 * @returns For each query its documents' scores.
 * @throws {@link DataError} with the line for anything else, and for a document that a query found twice.
 * @example
 * import { parseRun } from '@gai/metrics';
 * parseRun('q1 Q0 d1 1 12.5 bm25').get('q1')?.get('d1'); // => 12.5
 * @category Ranking
 */
export function parseRun(text: string): Map<string, Map<string, number>> {
  return parse('parseRun', text, 'query Q0 document rank score name', ([query, , document, , score]) => {
    return [query!, document!, Number(score)];
  });
}

type Entry = [query: string, document: string, value: number];

function parse(
  op: string,
  text: string,
  form: string,
  read: (fields: readonly string[]) => Entry,
): Map<string, Map<string, number>> {
  if (typeof text !== 'string')
    throw new DataError(`${op}: there is no text. Got ${typeof text}; expected a file's text.`);
  const found = new Map<string, Map<string, number>>();
  for (const [index, line] of text
    .replace(/^\uFEFF/u, '')
    .split('\n')
    .entries()) {
    const fields = words(line);
    if (fields.length === 0) continue;
    const wrong = (why: string): DataError =>
      new DataError(`${op}: line ${index + 1} ${why}. Got '${line.trim().slice(0, 80)}'; expected ${form}.`, { op });
    if (fields.length !== form.split(' ').length) throw wrong(`has ${fields.length} fields`);
    const [query, document, value] = read(fields);
    if (!Number.isFinite(value)) throw wrong('has no number where one belongs');
    const documents = found.get(query) ?? new Map<string, number>();
    if (documents.has(document)) throw wrong('names a document for the second time');
    found.set(query, documents.set(document, value));
  }
  return found;
}
