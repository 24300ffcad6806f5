import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import type { DefaultTheme } from 'vitepress';
import { ortFiles } from './ort-files.ts';
import { searchText, searchWeight } from './search-text.ts';
import { siteModelFiles } from './site-models.ts';

const root = join(import.meta.dirname, '../../..');
const docs = join(root, 'docs');

/** The first heading of a page, as plain text. */
function titleOf(file: string): string {
  return /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.replaceAll('`', '') ?? file;
}

/** Every page of a folder of `docs/`, named by its heading: those in `first`, then the others by name. */
function pagesOf(folder: string, first: readonly string[] = []): DefaultTheme.SidebarItem[] {
  const found = readdirSync(join(docs, folder)).filter((name) => name.endsWith('.md') && name !== 'index.md');
  const others = found.filter((name) => !first.includes(name)).sort();
  return [...first, ...others].map((name) => ({
    text: titleOf(join(docs, folder, name)),
    link: `/${join(folder, name.slice(0, -3))}`,
  }));
}

/** The course on reinforcement learning, in the order it is read. */
const RL_PAGES = [
  'mdp',
  'bellman',
  'monte-carlo-and-td',
  'on-and-off-policy',
  'q-learning',
  'policy-gradient',
  'ppo',
  'dqn',
  'sac-and-td3',
  'off-policy-in-practice',
  'memory-and-pixels',
  'self-play',
  'served-envs',
];

/** How to do one thing, with a whole program. */
const GUIDES = [
  'csv',
  'own-module-and-loss',
  'recurrent',
  'two-models',
  'second-derivatives',
  'own-environment',
  'coming-from',
];

/** How language models work, in the order it is read; a page that is not written yet is left out. */
const LANGUAGE_PAGES = ['word-vectors', 'tokenizers', 'attention', 'inspector', 'train-gpt', 'families', 'parity'];

/** The pages of a course in its order, named by their headings; those that do not exist are left out. */
function course(folder: string, names: readonly string[]): DefaultTheme.SidebarItem[] {
  return names
    .map((name) => ({ file: join(docs, folder, `${name}.md`), link: `/${folder}/${name}` }))
    .filter(({ file }) => existsSync(file))
    .map(({ file, link }) => ({ text: titleOf(file), link }));
}

/** The sidebars of the packages, which `pnpm docs:api` wrote, or none before its first run. */
function apiSidebars(): Record<string, DefaultTheme.SidebarItem[]> {
  const file = join(import.meta.dirname, '../api/sidebar.json');
  if (!existsSync(file)) return {};
  const found = JSON.parse(readFileSync(file, 'utf8')) as Record<string, DefaultTheme.SidebarItem[]>;
  const back = { text: 'All packages', link: '/api/' };
  return Object.fromEntries(Object.entries(found).map(([path, items]) => [path, [back, ...items]]));
}

const packages = apiSidebars();

const searchOptions: DefaultTheme.LocalSearchOptions = {
  miniSearch: {
    searchOptions: { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 }, boostDocument: searchWeight },
  },
  _render: (source, env, markdown) => markdown.render(searchText(env.relativePath, source), env),
};

export default defineConfig({
  title: 'gai',
  description: 'Machine learning in TypeScript on ONNX Runtime: train, export and run anywhere.',
  // Pages come from two folders of the repository: words from docs/, the start page and the API from here.
  srcDir: '../..',
  srcExclude: ['*.md', 'packages/**', 'bench/**', 'apps/!(docs)/**', 'apps/docs/node_modules/**'],
  rewrites: { 'docs/:path*': ':path*', 'apps/docs/:path*': ':path*' },
  cleanUrls: true,
  // What is the same on every page is one file, and not part of each.
  metaChunk: true,
  // Browsers ask for an icon of the site unless a page names one.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  // The pages lie outside this package, so Vite would not find Vue from them.
  vite: {
    plugins: [ortFiles(root), siteModelFiles()],
    worker: { format: 'es' },
    // Where imports begin that pages themselves do not show: what is met later is bundled then, and the page loaded anew under its reader.
    optimizeDeps: { entries: ['apps/docs/.vitepress/components/!(use-*).ts'], include: ['@theme/index'] },
    ssr: { noExternal: [/^@gai\//], resolve: { conditions: ['@gai/source'] } },
    resolve: {
      // Live figures import the packages' sources, and take the WebAssembly from /ort/ and not a second copy of it.
      conditions: ['@gai/source', 'onnxruntime-web-use-extern-wasm'],
      alias: ['vue/server-renderer', 'vue'].map((find) => ({
        find: new RegExp(`^${find}$`),
        replacement: join(import.meta.dirname, '../node_modules', find),
      })),
    },
  },
  themeConfig: {
    search: { provider: 'local', options: searchOptions },
    nav: [
      { text: 'Guide', link: '/getting-started' },
      { text: 'Packages', link: '/api/' },
      { text: 'Decisions', link: '/decisions/' },
    ],
    sidebar: {
      '/api/': [
        {
          text: 'Packages',
          link: '/api/',
          items: Object.keys(packages).map((link) => ({ text: link.split('/')[2]!, link })),
        },
        { text: 'Operations', link: '/api/operations' },
      ],
      ...packages,
      '/decisions/': [{ text: 'Decisions', link: '/decisions/', items: pagesOf('decisions').reverse() }],
      '/': [
        { text: 'Guide', items: pagesOf('.', ['getting-started.md', 'browser.md', 'performance.md']) },
        { text: 'How to', items: course('guides', GUIDES) },
        { text: 'Reinforcement learning', items: course('rl', RL_PAGES) },
        { text: 'Language models', items: course('language', LANGUAGE_PAGES) },
      ],
    },
    outline: [2, 3],
  },
});
