import { withBase } from 'vitepress';
import { onBeforeUnmount } from 'vue';
import { workerCalls } from '../kit/worker-calls.ts';
import type { Port, WorkerCalls } from '../kit/worker-calls.ts';
import type { LanguageFunctions, NamedFile } from './language-functions.ts';
import type { SiteModel } from '../site-models.ts';

/** An address of this site, for a worker, whose own is another one. */
const addressOf = (path: string): string =>
  new URL(withBase(path), (globalThis as unknown as { readonly location: { readonly href: string } }).location.href)
    .href;

/**
 * A worker for language models that lives as long as the figure; its runtime is loaded at the first call of `started`.
 * @param make - In the figure itself, since bundlers look for `new Worker(new URL(…))`.
 */
export function useLanguageWorker(make: () => Port): {
  readonly worker: WorkerCalls<LanguageFunctions>;
  readonly started: () => Promise<void>;
} {
  const worker = workerCalls<LanguageFunctions>(make);
  onBeforeUnmount(() => worker.end());
  return { worker, started: () => worker.call('start', addressOf('/ort/')) };
}

/** The models that this site serves; none where it was built without. */
export async function modelsOfSite(): Promise<readonly SiteModel[]> {
  try {
    const response = await fetch(withBase('/models/index.json'));
    return response.ok ? ((await response.json()) as readonly SiteModel[]) : [];
  } catch {
    return []; // Without a list there is none to choose from; the reader may open one of theirs.
  }
}

/** The files of a model of the site, as addresses. */
export const filesOfSite = ({ name, files }: SiteModel): NamedFile[] =>
  files.map((file) => ({ name: file, content: addressOf(`/models/${name}/${file}`) }));
