import type { Metadata } from '../documents/document.ts';
import { keepMetadata } from '../store/metadata.ts';
import type { Refusal } from './parse-documents.ts';

/** One document of a JSONL file. */
export interface JsonLine {
  readonly id: string;
  readonly text: string;
  readonly title: string | undefined;
  readonly metadata: Metadata;
}

const TEXTS = ['text', 'content', 'body'];
const TITLES = ['title', 'name'];
const IDS = ['_id', 'id'];

/** Lines with a text: `{"_id": …, "title": …, "text": …}` as BEIR writes them, `content` and `body` as others do. */
export function readJsonLines(
  content: string,
  source: string,
): { readonly lines: readonly JsonLine[]; readonly refused: readonly Refusal[] } {
  const lines: JsonLine[] = [];
  const refused: Refusal[] = [];
  const ids = new Set<string>();
  let number = 0;
  for (const line of content.split('\n')) {
    number++;
    if (line.trim() === '') continue;
    const place = `${source}:${number}`;
    const read = readLine(line, source, number);
    if (typeof read === 'string') refused.push({ source: place, reason: read });
    else if (ids.has(read.id)) refused.push({ source: place, reason: `a second document with the id '${read.id}'` });
    else {
      ids.add(read.id);
      lines.push(read);
    }
  }
  return { lines, refused };
}

function readLine(line: string, source: string, number: number): JsonLine | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'no JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'no object';
  const fields = value as Readonly<Record<string, unknown>>;
  const stringOf = (names: readonly string[]): string | undefined => {
    const found = names.map((name) => fields[name]).find((field) => typeof field === 'string' && field !== '');
    return found as string | undefined;
  };
  const text = stringOf(TEXTS);
  if (text === undefined) return `no field ${TEXTS.join(', ')} with a text`;
  const id = stringOf(IDS) ?? IDS.map((name) => fields[name]).find((field) => typeof field === 'number');
  const { metadata } = fields;
  const own = typeof metadata === 'object' && metadata !== null ? metadata : {};
  return {
    id: `${source}#${id ?? number}`,
    text,
    title: stringOf(TITLES),
    metadata: keepMetadata(own as Readonly<Record<string, unknown>>),
  };
}
