import { firstSentence } from './items.ts';
import type { ApiModule, Item } from './items.ts';
import { rootLinks, siteLinks } from './links.ts';
import { categoryPage, planPages } from './places.ts';
import type { Plan } from './places.ts';
import { renderItem } from './render.ts';

/**
 * Lays out what TypeDoc wrote: a page for each class, one for what else a category of a module has, one for each module.
 * `intros` has what a module's page begins with.
 */
export function layOut(modules: readonly ApiModule[], intros: ReadonlyMap<string, string>): Map<string, string> {
  const plan = planPages(modules);
  const pages = new Map<string, string>();
  for (const module of modules) {
    pages.set(`${module.name}/index`, modulePage(module, plan, intros.get(module.name)));
    for (const category of module.categories.keys()) {
      const text = categoryText(module, category, plan);
      if (text !== undefined) pages.set(categoryPage(module, category), text);
    }
    for (const item of itemsOf(module).filter(({ kind }) => kind === 'class')) {
      pages.set(`${module.name}/classes/${item.name}`, withInlined(item, plan, 1));
    }
  }
  for (const [page, text] of pages) pages.set(page, uniqueAnchors(text));
  return siteLinks({ places: plan.places, modules, pages });
}

/** A method and the member under a symbol of its name get anchors that differ. */
function uniqueAnchors(text: string): string {
  const seen = new Set<string>();
  return text.replaceAll(/^(#+ .*) \{#([^}]+)\}$/gm, (_, heading: string, id: string) => {
    const anchor = seen.has(id) ? `${id}-${seen.size}` : id;
    seen.add(anchor);
    return `${heading} {#${anchor}}`;
  });
}

const itemsOf = ({ categories }: ApiModule): Item[] => [...categories.values()].flatMap(({ items }) => items);

/** A line by which a reader sees what to import from where. */
const from = (module: ApiModule): string => `From \`@gai/${module.name}\`.`;

/** An item with the types that stand with it. */
function withInlined(item: Item, plan: Plan, level: number): string {
  const text = (of: Item, at: number, options: readonly string[] = []): string => {
    const { anchor } = plan.places.get(of.file)!;
    return rootLinks(renderItem(of, { level: at, anchor }, options), of.file);
  };
  const types = (plan.inlined.get(item.file) ?? []).map((type) => text(type, level + 1));
  // Options are linked from the root already: only the item's own text may be changed, so they are put in last.
  const marks = types.map((_, i) => `<!-- options ${i} -->`);
  return marks.reduce((page, mark, i) => page.replace(mark, () => types[i]!), text(item, level, marks));
}

/** What a category has besides its classes, which have their own pages; undefined if they are all there is of them. */
function categoryText(module: ApiModule, category: string, plan: Plan): string | undefined {
  const { description, items } = module.categories.get(category)!;
  const inlined = new Set([...plan.inlined.values()].flat());
  const own = items.filter((item) => item.kind !== 'class' && !inlined.has(item));
  const classes = items.filter(({ kind }) => kind === 'class');
  if (own.length === 0 && classes.length === 0) return undefined;
  const order = ['function', 'variable', 'type'];
  const sorted = own.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const list = classes.map((item) => entry(item));
  const parts = [`# ${titleOf(module, category)} {#page}`, description, from(module), list.join('\n')];
  return [...parts, ...sorted.map((item) => withInlined(item, plan, 2))].filter((part) => part !== '').join('\n\n');
}

/** "Other" alone would say nothing among the results of a search. */
const titleOf = ({ name }: ApiModule, category: string): string =>
  category === 'Other' ? `Other parts of ${name}` : category;

function entry(item: Item): string {
  return `- [${item.name}](${item.file}): ${rootLinks(firstSentence(item.body.text), item.file)}`;
}

/** What a module has, by category. */
function modulePage(module: ApiModule, plan: Plan, intro = `# ${module.name}`): string {
  const inlined = new Set([...plan.inlined.values()].flat());
  const parts = [...module.categories].flatMap(([category, { description, items }]) => {
    const links = items.filter((item) => !inlined.has(item)).map(({ name, file }) => `[${name}](${file})`);
    return links.length === 0 ? [] : [`## ${category}`, description, links.join(', ')];
  });
  const referred = [...module.references].map(([name, file]) => `[${name}](${file})`);
  if (referred.length > 0) parts.push('## Also here', `Described elsewhere: ${referred.join(', ')}`);
  return [intro, ...parts].filter((part) => part !== '').join('\n\n');
}
