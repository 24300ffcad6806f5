import { refused } from './refused.ts';

/** What a text may be compared with: one text, or several of which each is right. */
export type References = string | readonly string[];

/** Refuses what is no text. */
export function checkText(op: string, name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw refused(op, `${name} is no text`, value, 'a string');
}

/** Refuses what is not a list of texts, empty or not. */
export function checkTexts(op: string, name: string, value: unknown): asserts value is readonly string[] {
  if (!Array.isArray(value)) throw refused(op, `${name} is no list`, value, 'a list of strings');
  for (let row = 0; row < value.length; row++) checkText(op, `${name}[${row}]`, value[row]);
}

/** The references of one text as a list, which is refused when it is empty. */
export function listOf(op: string, name: string, references: References): readonly string[] {
  if (typeof references === 'string') return [references];
  checkTexts(op, name, references);
  if (references.length === 0) throw refused(op, `${name} is empty`, references, 'at least one reference');
  return references;
}

/** A corpus: texts and what each may be compared with, one list of references per text. */
export interface Corpus {
  readonly hypotheses: readonly string[];
  readonly references: readonly (readonly string[])[];
}

/** Checks that every hypothesis has its references. */
export function corpusOf(op: string, hypotheses: readonly string[], references: readonly References[]): Corpus {
  checkTexts(op, 'hypotheses', hypotheses);
  if (!Array.isArray(references)) throw refused(op, 'references is no list', references, 'one entry per hypothesis');
  if (hypotheses.length !== references.length) {
    throw refused(op, `${hypotheses.length} hypotheses do not fit`, references, `${hypotheses.length} references`);
  }
  if (hypotheses.length === 0) throw refused(op, 'there is no text', hypotheses, 'at least one hypothesis');
  return { hypotheses, references: references.map((given, row) => listOf(op, `references[${row}]`, given)) };
}
