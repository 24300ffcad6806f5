import type { Section } from './sections.ts';
import { readTable, writeTable } from './tables.ts';
import type { Row } from './tables.ts';

const CALL = 'Call Signature';
const FENCE = /^```ts\n([\s\S]*?)\n```$/m;

/** One section in place of one per overload: all signatures together, and once each what several say. */
export function foldOverloads(section: Section): Section {
  const calls = section.children.filter(({ title }) => title === CALL);
  if (calls.length === 0) return section;
  const code = calls.map(({ text }) => FENCE.exec(text)?.[1] ?? '').join('\n');
  const words = unique(calls.map(({ text }) => text.replace(FENCE, '').trim()));
  const titles = unique(calls.flatMap(({ children }) => children.map(({ title }) => title)));
  const parts = titles.map((title): Section => {
    const same = calls.flatMap(({ children }) => children.filter((child) => child.title === title));
    const texts = unique(same.map(({ text }) => text));
    if (/Parameter/.test(title)) return { title, text: joinTables(texts), children: [] };
    return { title, text: title === 'Returns' ? joinReturns(texts) : texts.join('\n\n'), children: [] };
  });
  const others = section.children.filter(({ title }) => title !== CALL);
  const text = [section.text, `\`\`\`ts\n${code}\n\`\`\``, ...words].filter((part) => part !== '').join('\n\n');
  return { title: section.title, text, children: [...parts, ...others] };
}

/** Results that are types alone on one line; else each paragraph once. */
function joinReturns(texts: readonly string[]): string {
  if (texts.every((text) => !text.includes('\n'))) return texts.join(' or ');
  return unique(texts.flatMap((text) => text.split('\n\n'))).join('\n\n');
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== '');
}

/** Tables of parameters as one: a row per name, the columns of all. */
function joinTables(tables: readonly string[]): string {
  const rows = new Map<string, Row>();
  for (const row of tables.flatMap(readTable)) {
    const name = Object.values(row)[0]!.replace(/^<a id="[^"]*"><\/a> |\?/g, '');
    rows.set(name, { ...row, ...rows.get(name) });
  }
  return writeTable([...rows.values()]);
}
