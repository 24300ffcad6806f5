import { publishedPackages } from '../workspace.ts';
import type { Check } from './check.ts';

/** Level and permitted `@gai/*` dependencies of every package; new packages are added here. */
export const packageLevels: Readonly<Record<string, { level: number; dependsOn: readonly string[] }>> = {
  core: { level: 0, dependsOn: [] },
  tokenizers: { level: 0, dependsOn: [] },
  providers: { level: 0, dependsOn: [] },
  'backend-node': { level: 1, dependsOn: ['core'] },
  'backend-web': { level: 1, dependsOn: ['core'] },
  nn: { level: 1, dependsOn: ['core'] },
  data: { level: 1, dependsOn: ['core'] },
  formats: { level: 1, dependsOn: ['core'] },
  metrics: { level: 1, dependsOn: ['core'] },
  rag: { level: 2, dependsOn: ['core', 'tokenizers', 'providers', 'metrics'] },
  ml: { level: 2, dependsOn: ['core', 'nn'] },
  cnn: { level: 2, dependsOn: ['core', 'nn'] },
  rl: { level: 2, dependsOn: ['core', 'nn'] },
  transformer: { level: 2, dependsOn: ['core', 'nn', 'formats', 'tokenizers', 'providers'] },
  generative: { level: 3, dependsOn: ['core', 'nn', 'cnn'] },
  alignment: { level: 3, dependsOn: ['core', 'nn', 'transformer', 'rl', 'providers', 'metrics'] },
  multimodal: { level: 3, dependsOn: ['core', 'nn', 'cnn', 'transformer', 'metrics'] },
  hub: { level: 2, dependsOn: ['core', 'formats'] },
};

const table = 'packageLevels in packages/tooling/src/checks/levels.ts';

function checkEdges(name: string, dependencies: readonly string[]): string[] {
  const entry = packageLevels[name];
  if (!entry) return [`@gai/${name}: has no level. Add it to ${table}.`];
  return dependencies.flatMap((dependency) => {
    const target = packageLevels[dependency];
    if (target && target.level >= entry.level) {
      return [
        `@gai/${name} (level ${entry.level}) depends on @gai/${dependency} (level ${target.level}): only lower levels.`,
      ];
    }
    if (entry.dependsOn.includes(dependency)) return [];
    return [`@gai/${name} depends on @gai/${dependency}, which ${table} does not permit.`];
  });
}

const workspaceNames = (dependencies: Record<string, string> = {}): string[] =>
  Object.keys(dependencies)
    .filter((name) => name.startsWith('@gai/'))
    .map((name) => name.slice('@gai/'.length));

/** Models never depend on data or a backend. Core depends on nothing, and on no package of ours even in its tests. */
export const levelsCheck: Check = {
  name: 'levels',
  run: (root) =>
    publishedPackages(root).flatMap(({ manifest }) => {
      const name = manifest.name.slice('@gai/'.length);
      const needed = { ...manifest.dependencies, ...manifest.peerDependencies };
      if (name !== 'core') return checkEdges(name, workspaceNames(needed));
      const tests = Object.keys(manifest.devDependencies ?? {}).filter((other) => other.startsWith('@gai/'));
      return [...Object.keys(needed), ...tests].map((extra) => `@gai/core lists ${extra}: core depends on nothing.`);
    }),
};
