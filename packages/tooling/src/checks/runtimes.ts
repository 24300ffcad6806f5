import { relative } from 'node:path';
import { moduleReferences } from '../imports.ts';
import { allDependencies, listFiles, listPackages } from '../workspace.ts';
import type { Check } from './check.ts';

const backends = new Set(['packages/backend-node', 'packages/backend-web']);

/** Only the two backends name onnxruntime, in `package.json` and in code. */
export const runtimesCheck: Check = {
  name: 'runtimes',
  run(root) {
    const problems: string[] = [];
    for (const { dir, path, manifest } of listPackages(root)) {
      if (backends.has(path)) continue;
      for (const name of Object.keys(allDependencies(manifest))) {
        if (!name.startsWith('onnxruntime')) continue;
        problems.push(`${path}/package.json: lists ${name}. Depend on @gai/backend-node or @gai/backend-web instead.`);
      }
      for (const file of listFiles(dir, '.ts')) {
        for (const { specifier, line } of moduleReferences(file)) {
          if (!specifier.startsWith('onnxruntime')) continue;
          problems.push(`${relative(root, file)}:${line}: imports ${specifier}. Only the backends may.`);
        }
      }
    }
    return problems;
  },
};
