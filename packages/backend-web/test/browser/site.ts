import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { makeSite } from '../../examples/page/site.mts';
import { bundle } from './bundle.ts';
import { launch } from './chromium.ts';
import { PLAIN_PAGE, sourceFile } from './plain-page.ts';
import { html, serve } from './server.ts';
import { viteBuild } from './vite.ts';

const PAGES = join(import.meta.dirname, '../programs');

/** A page of the test's site, in a profile of its own. */
export interface Visited extends AsyncDisposable {
  readonly page: Page;
  /** Errors that nobody in the page caught. */
  readonly errors: readonly string[];
}

/** A browser, and the site of the tests. */
export interface TestSite extends AsyncDisposable {
  /** Opens a page of the site, or of another. */
  visit(path: string): Promise<Visited>;
  /** Opens a page and waits for its `globalThis.result`. */
  resultOf(path: string): Promise<unknown>;
}

/** Builds all pages, serves them and starts the browser. */
export async function openSite(program: string): Promise<TestSite> {
  const [app, worker, example, built] = await Promise.all([
    bundle(join(PAGES, 'page.ts')),
    bundle(join(PAGES, 'page-worker.ts')),
    makeSite(),
    viteBuild(),
  ]);
  const files = new Map<string, string | Uint8Array>([
    ['/', html('/app.js')],
    ['/shared/', html('/app.js')],
    ['/app.js', app],
    ['/worker/', html('/start-worker.js')],
    ['/start-worker.js', START_WORKER],
    ['/worker.js', worker],
    ['/plain/', PLAIN_PAGE],
    ...[...example].map(([path, file]) => [`/digits${path}`, file] as const),
  ]);
  const site = await serve(async (path) => {
    if (path.startsWith('/vite/')) return built.read(path.slice('/vite/'.length) || 'index.html');
    if (path.startsWith('/spa/')) return html('/app.js'); // as a single-page app answers every address
    return files.get(path) ?? sourceFile(path);
  });
  const browser = await launch(program);
  const visit = (path: string): Promise<Visited> => open(browser, new URL(path, site.url).href);
  return {
    visit,
    resultOf: async (path) => {
      await using visited = await visit(path);
      return await result(visited);
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await site[Symbol.asyncDispose]();
      await built[Symbol.asyncDispose]();
    },
  };
}

const START_WORKER = `
const worker = new Worker('/worker.js', { type: 'module' });
worker.onmessage = ({ data }) => (globalThis.result = data);
worker.onerror = ({ message }) => (globalThis.result = message);
`;

async function open(browser: Browser, url: string): Promise<Visited> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  return { page, errors, [Symbol.asyncDispose]: () => context.close() };
}

/** What the page left in `globalThis.result`; fails with the first error nobody caught in it. */
export async function result({ page, errors }: Visited): Promise<unknown> {
  const found = page.waitForFunction('globalThis.result !== undefined', undefined, { timeout: 230_000 });
  const failed = new Promise<never>((_, reject) => {
    const report = (): void => reject(new Error(`the page failed: ${errors[0]}`));
    if (errors.length > 0) report();
    page.on('pageerror', report);
  });
  await Promise.race([found, failed]);
  return page.evaluate('globalThis.result');
}
