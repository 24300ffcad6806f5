import type { ApiModule, Item } from './items.ts';

/** Where an item is described. */
export interface Place {
  /** The page below `api/`, without an ending: `nn/classes/Linear`, `core/reductions`. */
  page: string;
  /** The heading's anchor there; '' for the page itself. */
  anchor: string;
}

/** The pages of the reference: what each shows, in order. */
export interface Plan {
  places: Map<string, Place>;
  /** Types that are shown with a class or function, by that one's file. */
  inlined: Map<string, Item[]>;
}

const itemsOf = ({ categories }: ApiModule): Item[] => [...categories.values()].flatMap(({ items }) => items);

/** The page of a category of a module. */
export function categoryPage(module: ApiModule, category: string): string {
  return `${module.name}/${category.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}

/** A page for each class, one for what else a category of a module has; options stand with what takes them. */
export function planPages(modules: readonly ApiModule[]): Plan {
  const plan: Plan = { places: new Map(), inlined: new Map() };
  const taken = new Set<string>();
  for (const module of modules) {
    const owners = ownersOf(module);
    sortTypes(module, owners);
    for (const [category, { items }] of module.categories) {
      for (const item of items) {
        const owner = owners.get(item.file);
        const shown = owner ?? item;
        const inCategory = categoryPage(module, owner ? categoryOf(module, owner) : category);
        const page = shown.kind === 'class' ? `${module.name}/classes/${shown.name}` : inCategory;
        plan.places.set(item.file, { page, anchor: item.kind === 'class' ? '' : freeAnchor(taken, page, item) });
        if (owner) plan.inlined.set(owner.file, [...(plan.inlined.get(owner.file) ?? []), item]);
      }
    }
  }
  return plan;
}

function categoryOf(module: ApiModule, item: Item): string {
  return [...module.categories].find(([, { items }]) => items.includes(item))![0];
}

/** Puts types without a category into the one that alone uses them. */
function sortTypes(module: ApiModule, owners: ReadonlyMap<string, Item>): void {
  const other = module.categories.get('Other');
  for (let moved = true; other && moved;) {
    moved = false;
    for (const type of other.items.filter(({ kind, file }) => kind === 'type' && !owners.has(file))) {
      const users = itemsOf(module).filter(({ links, file }) => file !== type.file && links.has(type.file));
      const categories = new Set(users.map((user) => categoryOf(module, owners.get(user.file) ?? user)));
      const [category] = categories;
      if (categories.size !== 1 || category === undefined || category === 'Other') continue;
      other.items.splice(other.items.indexOf(type), 1);
      module.categories.get(category)!.items.push(type);
      moved = true;
    }
  }
  if (other?.items.length === 0) module.categories.delete('Other');
}

/** A function and a type of one name get anchors that differ. */
function freeAnchor(taken: Set<string>, page: string, { name, kind }: Item): string {
  const base = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const anchor = taken.has(`${page}#${base}`) ? `${base}-${kind}` : base;
  taken.add(`${page}#${anchor}`);
  return anchor;
}

/** The class or function that a type belongs to: the one whose options it is, or else the only one that names it. */
function ownersOf(module: ApiModule): Map<string, Item> {
  const items = itemsOf(module);
  const users = items.filter(({ kind }) => kind === 'class' || kind === 'function');
  const found = new Map<string, Item>();
  for (const type of items.filter(({ kind }) => kind === 'type')) {
    const naming = users.filter(({ links }) => links.has(type.file));
    const base = /^(.+)(?:Options|Settings)$/.exec(type.name)?.[1]?.toLowerCase();
    const own = users.find(({ name }) => name.toLowerCase() === base);
    const isOther = module.categories.get('Other')?.items.includes(type) ?? false;
    const owner = own ?? (isOther && naming.length === 1 ? naming[0] : undefined);
    if (owner) found.set(type.file, owner);
  }
  return found;
}
