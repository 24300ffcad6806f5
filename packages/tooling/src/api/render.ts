import type { Item } from './items.ts';
import { foldOverloads } from './overloads.ts';
import type { Section } from './sections.ts';
import { withoutColumns } from './tables.ts';

/** Groups of members; what else stands below an item is a remark with a label. */
const GROUPS = new Set(['Constructors', 'Properties', 'Accessors', 'Methods', 'Events', 'Enumeration Members']);
const LEFT_OUT = new Set(['Overrides', 'Inherited from', 'Implementation of', 'Since', 'Extended by']);

/** How an item is written into a page. */
export interface Layout {
  /** Of the item's own heading: 1 for a class that has a page, else 2, or 3 inside another. */
  level: number;
  /** The item's anchor; those of its members begin with it. */
  anchor: string;
}

/** Markdown of one item, `options` after what takes them; links still name TypeDoc's files. */
export function renderItem(item: Item, { level, anchor }: Layout, options: readonly string[] = []): string {
  const head = level === 1 ? `# ${item.heading} {#page}` : `${'#'.repeat(level)} ${item.heading} {#${anchor}}`;
  const prefix = anchor === '' ? '' : `${anchor}-`;
  const groups = item.body.children.filter(({ title }) => GROUPS.has(title));
  const remarks = item.body.children.filter(({ title }) => !GROUPS.has(title));
  const parts = [head, item.body.text, ...labelled(remarks)];
  const isFirst = ({ title }: Section): boolean => title === 'Constructors';
  for (const group of groups.filter(isFirst)) parts.push(...renderGroup(group, level, prefix));
  const own = parts.length;
  for (const group of groups.filter((one) => !isFirst(one))) parts.push(...renderGroup(group, level, prefix));
  if (item.inherited.length > 0) parts.push(`**Inherited:** ${[...new Set(item.inherited)].join(', ')}`);
  const marked = parts.map((part) => part.replaceAll('<a id="', `<a id="${prefix}`));
  return [...marked.slice(0, own), ...options, ...marked.slice(own)].filter((part) => part !== '').join('\n\n');
}

/** The members of a group under headings of their own; a group that is one table stays one. */
function renderGroup({ title, text, children }: Section, level: number, prefix: string): string[] {
  if (children.length === 0)
    return text === '' ? [] : [withoutColumns(text, ['Modifier', 'Inherited from', 'Overrides'])];
  const members = children.map((child) => {
    const folded = foldOverloads(child);
    const accessors = folded.children.filter((part) => part.title.endsWith(' Signature'));
    const isNew = title === 'Constructors';
    const name = isNew ? 'Constructor' : folded.title;
    const slug = name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '');
    const body = accessors.flatMap((part) => [part.text, ...labelled(part.children)]);
    const isShown = (part: Section): boolean => !accessors.includes(part) && !(isNew && part.title === 'Returns');
    const rest = folded.children.filter(isShown);
    return [
      `${'#'.repeat(level === 1 ? 3 : level + 1)} ${name} {#${prefix}${slug}}`,
      folded.text,
      ...body,
      ...labelled(rest),
    ];
  });
  const parts = members.flat().filter((part) => part !== '');
  if (title !== 'Constructors') return level === 1 ? [`## ${title} {#${title.toLowerCase()}-of}`, ...parts] : parts;
  return level === 1 ? [parts[0]!.replace('###', '##'), ...parts.slice(1)] : parts;
}

/** Remarks under bold labels; those of one title together. */
function labelled(sections: readonly Section[]): string[] {
  const titles = [...new Set(sections.map(({ title }) => title))].filter((title) => !LEFT_OUT.has(title));
  return titles.flatMap((title) => {
    const texts = sections
      .filter((section) => section.title === title)
      .map(textOf)
      .filter((text) => text !== '');
    if (texts.length === 0) return [];
    if (title === 'Returns') return returns(texts);
    if (texts.every((text) => /^(?:- .*\n?)+$/.test(text))) {
      return [`**${title}:** ${texts.join('\n').replaceAll(/^- /gm, '').replaceAll('\n', ', ')}`];
    }
    if (texts.some((text) => /^(?:\||```|-|<)/m.test(text))) return [`**${title}**`, ...texts];
    return texts.length === 1
      ? [`**${title}:** ${texts[0]}`]
      : [`**${title}:**`, texts.map((text) => `- ${text.replaceAll('\n', '\n  ')}`).join('\n')];
  });
}

/** The text of a section with all that is in it. */
function textOf({ text, children }: Section): string {
  return [text, ...labelled(children)].filter((part) => part !== '').join('\n\n');
}

/** The type of a result and its description on one line; `void` says nothing. TypeDoc puts the type last where it is a function. */
function returns(texts: readonly string[]): string[] {
  const said = texts.filter((text) => text !== '`void`');
  return said.map((text) => {
    if (/^(?:\||```)/m.test(text)) return `**Returns**\n\n${text}`;
    const parts = text.split('\n\n');
    const isSentence = (part: string): boolean => part.endsWith('.');
    const types = parts.filter((part) => !isSentence(part)).join(' or ');
    const words = parts.filter(isSentence).join('\n\n');
    return `**Returns** ${[types, words].filter((part) => part !== '').join(': ')}`;
  });
}
