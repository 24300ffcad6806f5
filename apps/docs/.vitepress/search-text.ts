/**
 * What the search reads of a page. Of the API reference those are headings and words: code and tables are most of it, and
 * would make every search answer with pages that only mention a word.
 */
export function searchText(page: string, source: string): string {
  return page.startsWith('api/') ? source.replaceAll(/^```[\s\S]*?^```$|^\|.*$/gm, '') : source;
}

/**
 * What counts more: a page of its own (a class, a category) over an entry on one, words of people over the reference, and both
 * over a property that happens to have the name. The site takes this function as text, so it uses nothing from outside.
 */
export function searchWeight(id: string, _term: string, stored?: Record<string, unknown>): number {
  if (!id.startsWith('/api/')) return id.startsWith('/decisions/') ? 0.7 : 2;
  const titles = (stored?.['titles'] ?? []) as string[];
  if (id.endsWith('#page')) return 6;
  return titles.includes('Properties') || titles.includes('Accessors') || titles.length > 1 ? 0.3 : 1.5;
}
