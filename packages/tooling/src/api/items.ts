import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { listFiles } from '../workspace.ts';
import { foldOverloads } from './overloads.ts';
import { readSections } from './sections.ts';
import type { Section } from './sections.ts';

/** Something that a module exports, as TypeDoc describes it. */
export interface Item {
  /** TypeDoc's file, such as `nn/classes/Linear.md`. */
  file: string;
  name: string;
  kind: 'class' | 'function' | 'type' | 'variable';
  /** How the heading reads: `matmul()`, `Env<Observation>`. */
  heading: string;
  body: Section;
  /** Members that a class has from another: name and link. */
  inherited: string[];
  /** TypeDoc's files this one links to. */
  links: Set<string>;
}

/** Items that belong together. */
export interface Category {
  description: string;
  items: Item[];
}

/** A door of a package, or a namespace inside one. */
export interface ApiModule {
  /** `nn`, `nn/optim`. */
  name: string;
  /** TypeDoc's folder of it. */
  folder: string;
  /** Items by category, in TypeDoc's order, each category with its description. */
  categories: Map<string, Category>;
  /** Names that another module describes, and TypeDoc's file there. */
  references: Map<string, string>;
}

const FOLDERS: Readonly<Record<string, Item['kind']>> = {
  classes: 'class',
  functions: 'function',
  interfaces: 'type',
  'type-aliases': 'type',
  variables: 'variable',
  enumerations: 'type',
};

/** A link to another of TypeDoc's files: its text, the file, the anchor. */
export const LINK = /\[((?:[^\][]|\[[^\]]*\])*)\]\(((?:[^()\s]+\.md)?)(#[^)\s]*)?\)/g;

/** Everything below TypeDoc's output, by module. */
export function readModules(dir: string): ApiModule[] {
  return listFiles(dir, 'index.md')
    .map((file) => posix.relative(dir, file))
    .filter((file) => file !== 'index.md')
    .map((file) => readModule(dir, file))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where a member that a class has from another is described: follows one class after the other. */
export function originsOf(modules: readonly ApiModule[]): (file: string, hash: string) => string {
  const from = new Map<string, string>();
  for (const { file, inherited } of modules
    .flatMap(({ categories }) => [...categories.values()])
    .flatMap(({ items }) => items)) {
    for (const link of inherited) {
      const [, , target = '', hash = ''] = [...link.matchAll(LINK)][0] ?? [];
      from.set(file + hash, posix.join(posix.dirname(file), target) + hash);
    }
  }
  return (file, hash) => {
    let found = file + hash;
    while (from.has(found)) found = from.get(found)!;
    return found;
  };
}

function readModule(dir: string, file: string): ApiModule {
  const folder = posix.dirname(file);
  const { children } = readSections(readFileSync(join(dir, file), 'utf8')).children[0]!;
  const module: ApiModule = {
    name: folder.replace('/namespaces/', '/'),
    folder,
    categories: new Map(),
    references: new Map(),
  };
  const unlisted = new Set(
    Object.keys(FOLDERS)
      .filter((name) => existsSync(join(dir, folder, name)))
      .flatMap((name) => readdirSync(join(dir, folder, name)).map((item) => posix.join(folder, name, item))),
  );
  for (const section of children) {
    for (const { title, text: link } of section.children) module.references.set(title, targetIn(folder, link));
    const description = section.text.replaceAll(/^- .*$/gm, '').trim();
    const items = [...section.text.matchAll(/^- \[.*?\]\(([^)]+)\)$/gm)]
      .map(([, target]) => posix.join(folder, target!))
      .filter((target) => unlisted.delete(target))
      .map((target) => readItem(dir, target));
    if (items.length > 0) module.categories.set(section.title, { description, items });
  }
  // Beside names that another door describes, TypeDoc's index leaves out those without a category.
  const other = module.categories.get('Other')?.items ?? [];
  const items = [...other, ...[...unlisted].map((target) => readItem(dir, target))];
  if (items.length > 0) module.categories.set('Other', { description: '', items });
  return module;
}

function targetIn(folder: string, text: string): string {
  return posix.join(folder, [...text.matchAll(LINK)][0]?.[2] ?? '');
}

function readItem(dir: string, file: string): Item {
  const page = readSections(readFileSync(join(dir, file), 'utf8')).children[0]!;
  const inherited: string[] = [];
  const children = page.children.map((group) => ({
    ...group,
    children: group.children.filter((member) => {
      const from = member.children.find(({ title }) => title === 'Inherited from');
      const link = from && [...from.text.matchAll(LINK)].at(-1)?.[0];
      if (link) inherited.push(link);
      return from === undefined;
    }),
  }));
  const body = foldOverloads({ ...page, children });
  const folder = posix.dirname(file);
  const text = JSON.stringify(body);
  const links = new Set([...text.matchAll(LINK)].map(([, , target]) => posix.join(folder, target!)));
  return {
    file,
    name: posix.basename(file, '.md'),
    kind: FOLDERS[file.split('/').at(-2)!]!,
    heading: page.title.replace(/^[\w ]+: /, ''),
    body,
    inherited,
    links,
  };
}

/** The words of a text, without code, up to the end of the first sentence. */
export function firstSentence(text: string): string {
  const words = text.replaceAll(/^```[\s\S]*?^```$/gm, '').trim();
  const [paragraph = ''] = words.split('\n\n');
  return /^[\s\S]*?[.:](?=\s|$)/.exec(paragraph)?.[0].replaceAll('\n', ' ').replace(/:$/, '.') ?? paragraph;
}
