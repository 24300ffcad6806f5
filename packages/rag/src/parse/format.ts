/**
 * Kinds of texts that are read.
 * @category Documents
 */
export type Format = 'markdown' | 'html' | 'text' | 'jsonl' | 'code' | 'man';

const ENDINGS: Readonly<Record<Format, string>> = {
  markdown: 'md markdown mdx',
  html: 'html htm xhtml',
  text: 'txt text rst adoc log tex org',
  jsonl: 'jsonl ndjson',
  code:
    'ts tsx mts cts js jsx mjs cjs py rb go rs java kt kts c h cc cpp cxx hpp cs swift scala php pl pm lua r jl sh bash zsh fish ps1 ' +
    'sql css scss less vue svelte hs ml ex exs erl clj dart zig nim proto graphql toml yaml yml ini cfg conf json xml',
  man: '1 2 3 4 5 6 7 8 9 1p 3p 3pm 3ssl 8p man roff',
};

const FORMATS: ReadonlyMap<string, Format> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Object.entries(ENDINGS).flatMap(([format, endings]) =>
    endings.split(' ').map((ending) => [ending, format as Format] as const),
  ),
);

/** All formats. */
export const FORMAT_NAMES: readonly string[] = /* @__PURE__ */ Object.keys(ENDINGS);

/**
 * The format of a file by the ending of its name; undefined for what is not read.
 * @example
 * formatOf('docs/guide.md'); // => 'markdown'
 * formatOf('cat.png'); // => undefined
 * @category Documents
 */
export function formatOf(name: string): Format | undefined {
  const file = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).replace(/\.gz$/u, '');
  const dot = file.lastIndexOf('.');
  if (dot < 0)
    return /^(?:readme|license|copying|changelog|authors|news|todo|install|faq)$/iu.test(file) ? 'text' : undefined;
  return FORMATS.get(file.slice(dot + 1).toLowerCase());
}
