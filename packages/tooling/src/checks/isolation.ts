import { publishedPackages } from '../workspace.ts';
import type { WorkspacePackage } from '../workspace.ts';
import { bundleDoor, doorsOf } from './bundle.ts';
import type { Door } from './bundle.ts';
import type { Check } from './check.ts';

/** Whether a module may be loaded from outside by a door. */
function permitted(path: string, { specifier, needsNode }: Door): boolean {
  if (path.startsWith('onnxruntime-web')) return specifier === '@gai/backend-web';
  return needsNode;
}

/** What a door's bundle holds that it must not: modules of Node, another runtime, or the name of one. */
export async function foreignParts(door: Door): Promise<string[]> {
  const { text, outside } = await bundleDoor(door);
  const named = door.needsNode
    ? []
    : [...text.matchAll(/["'`](node:[a-z/]+|onnxruntime-node)/g)].map((match) => match[1]!);
  const pulled = outside.filter((path) => !permitted(path, door));
  return [...new Set([...pulled, ...named])].map((path) => {
    const why = door.needsNode ? 'which is for pages only' : 'so it cannot run in a page';
    return `${door.specifier}: pulls in ${path}, ${why}.`;
  });
}

const problemsOf = (found: WorkspacePackage): Promise<string[][]> => Promise.all(doorsOf(found).map(foreignParts));

/**
 * Every door but those for Node bundles for the browser without `node:` and `onnxruntime-node`; none but backend-web's
 * takes in onnxruntime-web, so that a program for Node never does.
 */
export const isolationCheck: Check = {
  name: 'isolation',
  run: async (root) => (await Promise.all(publishedPackages(root).map(problemsOf))).flat(2),
};
