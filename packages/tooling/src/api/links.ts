import { posix } from 'node:path';
import { LINK, originsOf } from './items.ts';
import type { ApiModule } from './items.ts';
import type { Place } from './places.ts';
import { outsideFences } from './sections.ts';

/** Makes the links of one of TypeDoc's files begin at the root of its output. */
export function rootLinks(markdown: string, file: string): string {
  return changeLinks(
    markdown,
    (target, hash) => (target === '' ? file : posix.join(posix.dirname(file), target)) + hash,
  );
}

/** What links lead to, once every page is laid out. */
export interface Targets {
  places: ReadonlyMap<string, Place>;
  modules: readonly ApiModule[];
  /** Pages with links as {@link rootLinks} writes them. */
  pages: ReadonlyMap<string, string>;
}

/** Turns links to TypeDoc's files into addresses of the site. Throws for one that leads nowhere. */
export function siteLinks({ places, modules, pages }: Targets): Map<string, string> {
  const references = new Map<string, string>();
  for (const { folder, references: found } of modules) {
    for (const [name, file] of found) references.set(`${folder}/index.md#${name.toLowerCase()}`, file);
  }
  const names = new Map(modules.map(({ folder, name }) => [`${folder}/index.md`, `${name}/`]));
  const anchors = new Map([...pages].map(([page, text]) => [page, anchorsIn(text)]));

  const origin = originsOf(modules);

  const address = (from: string, mark: string): string => {
    const [file = '', member = ''] = origin(from, mark).split('#');
    const hash = member === '' ? '' : `#${member}`;
    const name = names.get(file);
    const referred = references.get(file + hash);
    if (name !== undefined && referred === undefined) return `/api/${name}`;
    const place = places.get(referred ?? file);
    if (!place) throw new Error(`docs:api: a link leads to ${file}${hash}, which is on no page`);
    const inner = referred === undefined && hash !== '' ? (place.anchor ? `${place.anchor}-` : '') + hash.slice(1) : '';
    // What is on no page (a member of a library's class) leads to the class.
    const anchor = inner !== '' && anchors.get(place.page)!.has(inner) ? inner : place.anchor;
    return `/api/${place.page}${anchor === '' ? '' : `#${anchor}`}`;
  };
  return new Map([...pages].map(([page, text]) => [page, changeLinks(text, address)]));
}

function anchorsIn(text: string): Set<string> {
  return new Set([...text.matchAll(/\{#([^}]+)\}$|<a id="([^"]+)">/gm)].map(([, heading, mark]) => heading ?? mark!));
}

function changeLinks(markdown: string, change: (file: string, hash: string) => string): string {
  return outsideFences(markdown, (text) =>
    text.replaceAll(LINK, (whole, label: string, file: string, hash = '') =>
      file === '' && hash === '' ? whole : `[${label}](${change(file, hash)})`,
    ),
  );
}
