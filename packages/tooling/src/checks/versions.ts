import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allDependencies, listPackages, readJson } from '../workspace.ts';
import type { Manifest } from '../workspace.ts';
import type { Check } from './check.ts';

/** Names below `catalog:` in `pnpm-workspace.yaml`. */
function catalogNames(root: string): Set<string> {
  const text = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const block = /^catalog:\n((?:[ #].*\n)*)/m.exec(text)?.[1] ?? '';
  return new Set([...block.matchAll(/^ +['"]?([^'":]+)['"]?:/gm)].map((match) => match[1] as string));
}

/** One version of everything: `workspace:^` inside, `catalog:` for what the catalog lists, equal ranges otherwise. */
export const versionsCheck: Check = {
  name: 'versions',
  run(root) {
    const catalog = catalogNames(root);
    const ranges = new Map<string, { range: string; path: string }>();
    const problems: string[] = [];
    const manifests = [{ path: '.', manifest: readJson<Manifest>(join(root, 'package.json')) }, ...listPackages(root)];
    for (const { path, manifest } of manifests) {
      for (const [name, range] of Object.entries(allDependencies(manifest))) {
        const wanted = name.startsWith('@gai/') ? 'workspace:^' : catalog.has(name) ? 'catalog:' : range;
        if (range !== wanted) problems.push(`${path}/package.json: ${name} is "${range}"; expected "${wanted}"`);
        const first = ranges.get(name);
        if (first && first.range !== range) {
          problems.push(`${path}/package.json: ${name} is "${range}", but "${first.range}" in ${first.path}. Use one.`);
        }
        ranges.set(name, first ?? { range, path });
      }
    }
    return problems;
  },
};
