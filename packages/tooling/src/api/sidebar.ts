import type { ApiModule } from './items.ts';
import { categoryPage } from './places.ts';

/** An entry of the site's sidebar. */
export interface SidebarItem {
  text: string;
  link?: string;
  collapsed?: boolean;
  items?: SidebarItem[];
}

/**
 * A sidebar for each package, by the address it stands at: its doors, their categories, the classes in them. One for all
 * would be most of every page.
 */
export function sidebarsOf(modules: readonly ApiModule[], pages: ReadonlySet<string>): Record<string, SidebarItem[]> {
  const packages = [...new Set(modules.map(({ name }) => name.split('/')[0]!))];
  return Object.fromEntries(
    packages.map((name) => {
      const doors = modules.filter((module) => module.name.split('/')[0] === name);
      return [`/api/${name}/`, doors.map((door) => doorItem(door, pages))];
    }),
  );
}

function doorItem(module: ApiModule, pages: ReadonlySet<string>): SidebarItem {
  const items = [...module.categories].flatMap(([category, { items: found }]): SidebarItem[] => {
    const page = categoryPage(module, category);
    if (!pages.has(page)) return [];
    const classes = found.filter(({ kind }) => kind === 'class');
    const children = classes.map(({ name }) => ({ text: name, link: `/api/${module.name}/classes/${name}` }));
    const item = { text: category, link: `/api/${page}` };
    return [children.length === 0 ? item : { ...item, collapsed: true, items: children }];
  });
  return { text: module.name, link: `/api/${module.name}/`, collapsed: module.name.includes('/'), items };
}
