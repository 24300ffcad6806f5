import { withBase } from 'vitepress';
import { addressOf, useFigureWorker } from '../kit/use-figure-worker.ts';
import type { Port, WorkerCalls } from '../kit/worker-calls.ts';
import type { LanguageFunctions, NamedFile } from './language-functions.ts';
import type { SiteModel } from '../site-models.ts';

/**
 * A worker for language models that lives as long as the figure; its runtime is loaded at the first call of `started`.
 * @param make - In the figure itself, since bundlers look for `new Worker(new URL(…))`.
 */
export const useLanguageWorker: (make: () => Port) => {
  readonly worker: WorkerCalls<LanguageFunctions>;
  readonly started: () => Promise<void>;
} = useFigureWorker<LanguageFunctions>;

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
