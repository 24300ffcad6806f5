/**
 * What the search reads of a page. Of the API reference those are headings and words: code and tables are most of it, and
 * would make every search answer with pages that only mention a word.
 */
export function searchText(page: string, source: string): string {
  return page.startsWith('api/') ? source.replaceAll(/^```[\s\S]*?^```$|^\|.*$/gm, '') : source;
}
