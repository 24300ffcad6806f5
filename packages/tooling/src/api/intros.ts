import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { publishedPackages } from '../workspace.ts';
import { outsideFences } from './sections.ts';

/**
 * What the page of each package begins with, by the package's name without scope: its README, up to how to work on it.
 * Links into the repository become links of the site, or plain words where it shows nothing of the kind.
 */
export function readIntros(root: string): Map<string, string> {
  return new Map(
    publishedPackages(root).map(({ dir, path }) => {
      const file = join(dir, 'README.md');
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return [basename(path), introOf(text)];
    }),
  );
}

/** A README without what is for the repository alone. */
export function introOf(readme: string): string {
  const [words = ''] = readme.split(/^## Work on this package$/m);
  return outsideFences(words, (text) =>
    text
      .replaceAll(/API reference: `pnpm docs:api`, then\s+`apps\/docs\/api\/[\w-]+`\. ?/g, '')
      .replaceAll(/\]\((?:\.\.\/)+docs\/([\w/-]+)\.md(#[\w-]+)?\)/g, '](/$1$2)')
      .replaceAll(/\[([^\]]+)\]\((?!https?:|#|\/)[^)]*\)/g, (_, label: string) => label),
  ).trim();
}
