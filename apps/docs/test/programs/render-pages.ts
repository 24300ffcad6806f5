/** Renders pages of `docs/` as the site's build does, in a process of its own; prints them and the modules that took. */
import { join } from 'node:path';
import { createServer } from 'vitepress';
import { createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import type { Component } from 'vue';

const site = join(import.meta.dirname, '../..');
const server = await createServer(site, { hmr: false, watch: null });
await server.pluginContainer.buildStart({});
const pages: Record<string, string> = {};
for (const page of process.argv.slice(2)) {
  const module = await server.ssrLoadModule(join(site, '../../docs', `${page}.md`));
  pages[page] = await renderToString(createSSRApp(module['default'] as Component));
}
const modules = [...server.moduleGraph.idToModuleMap.keys()];
// 200 kB and more: a process that exits before its reader has all of it cuts the rest off.
await new Promise<unknown>((written) => process.stdout.write(JSON.stringify({ pages, modules }), written));
await server.close();
process.exit();
