import { createReadStream, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../packages/hub/src/cache/cache-folder.ts';
import type { Plugin } from 'vitepress';

/** A model that the site serves. */
export interface SiteModel {
  readonly name: string;
  readonly title: string;
  /** Names of its files, under `/models/NAME/`. */
  readonly files: readonly string[];
  readonly bytes: number;
}

/** Where `pnpm site:models` puts what it makes. */
export const siteModelsFolder = (): string => join(cacheFolder(), 'site');

/** The models of the pages, their folders, and what of them a page reads. */
const MODELS = [
  {
    name: 'gpt',
    title: 'a small GPT of ours, trained on the Brown corpus',
    folder: () => join(siteModelsFolder(), 'gpt'),
    reads: /^(?:config|generation_config|tokenizer|tokenizer_config)\.json$|^model\.safetensors$/,
  },
  {
    name: 'smollm2',
    title: 'SmolLM2-135M-Instruct',
    folder: () => join(cacheFolder(), 'models', 'smollm2'),
    reads: /^(?:.+\.gguf|LICENSE)$/,
  },
] as const;

/** The models that are in the cache now. */
export function siteModels(): (SiteModel & { readonly folder: string })[] {
  return MODELS.flatMap(({ name, title, folder, reads }) => {
    const path = folder();
    const files = existsSync(path)
      ? readdirSync(path)
          .filter((file) => reads.test(file))
          .sort()
      : [];
    const isModel = files.some((file) => /\.(?:safetensors|gguf)$/.test(file));
    if (!isModel) return [];
    const bytes = files.reduce((sum, file) => sum + statSync(join(path, file)).size, 0);
    return [{ name, title, files, bytes, folder: path }];
  });
}

/** What a page is told of them. */
export const modelIndex = (): readonly SiteModel[] =>
  siteModels().map(({ name, title, files, bytes }) => ({ name, title, files, bytes }));

/**
 * Puts the models of the cache under `/models/` of the site, and their list at `/models/index.json`: pages ask no third party. What is not
 * in the cache is not in the list.
 */
export function siteModelFiles(): Plugin {
  let isForServer = false;
  return {
    name: 'gai:site-models',
    configResolved({ build }) {
      isForServer = Boolean(build.ssr);
    },
    configureServer({ middlewares, config: { base } }) {
      middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost');
        const start = `${base}models/`;
        if (!pathname.startsWith(start)) return next();
        const [name, file] = decodeURIComponent(pathname.slice(start.length)).split('/');
        if (name === 'index.json') {
          response.setHeader('Content-Type', 'application/json');
          response.end(JSON.stringify(modelIndex()));
          return;
        }
        const found = siteModels().find((model) => model.name === name && model.files.includes(file ?? ''));
        if (found === undefined) return next();
        response.setHeader('Content-Type', 'application/octet-stream');
        createReadStream(join(found.folder, file!)).pipe(response);
      });
    },
    generateBundle() {
      if (isForServer) return;
      this.emitFile({ type: 'asset', fileName: 'models/index.json', source: JSON.stringify(modelIndex()) });
      for (const { name, files, folder } of siteModels())
        for (const file of files)
          this.emitFile({
            type: 'asset',
            fileName: `models/${name}/${file}`,
            source: readFileSync(join(folder, file)),
          });
    },
  };
}
