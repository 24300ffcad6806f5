import type { Module } from '../module.ts';
import type { ModuleBuffer, Parameter } from '../parameter.ts';
import { isModuleBuffer, isParameter } from './brands.ts';
import { addNamed } from './slots.ts';
import type { Part } from './slots.ts';

/** The modules, parameters and buffers of a model by path; one in several places stands under the first. */
export interface Walk {
  readonly modules: Map<string, Module>;
  readonly variables: Map<string, Parameter | ModuleBuffer>;
}

/** Goes through a model once, each module's own parameters before those of the modules inside. */
export function walk(root: Module): Walk {
  const modules = new Map<string, Module>();
  const variables = new Map<string, Parameter | ModuleBuffer>();
  const seen = new Set<Part>();
  const own: (readonly [path: string, children: ReadonlyMap<string, Part>])[] = [];
  const visit = (module: Module, path: string): void => {
    seen.add(module);
    addNamed(modules, path, module);
    const children = module.children();
    own.push([path, children]);
    for (const [name, part] of children) if (!isVariablePart(part) && !seen.has(part)) visit(part, join(path, name));
  };
  visit(root, '');
  for (const [path, children] of own) {
    for (const [name, part] of children) {
      if (!isVariablePart(part) || seen.has(part)) continue;
      seen.add(part);
      const full = join(path, name);
      addNamed(variables, full, part);
      // Seen from the whole model the path is longest; that is the one for messages.
      if (full.length > part.name.length || part.name === 'variable') part.name = full;
    }
  }
  return { modules, variables };
}

/**
 * Finds what a path leads to, also by the second name of something that is in several places. Of a model with thousands
 * of names each is looked up in the time of its own length.
 */
export function locator(root: Module): (path: string) => Part | undefined {
  const known = new Map<Module, ReadonlyMap<string, Part>>();
  const childrenOf = (module: Module): ReadonlyMap<string, Part> => {
    let children = known.get(module);
    if (children === undefined) known.set(module, (children = module.children()));
    return children;
  };
  const find = (module: Module, path: string): Part | undefined => {
    const children = childrenOf(module);
    const whole = children.get(path);
    if (whole !== undefined) return whole;
    // The name of a child may have dots itself: blocks.0.
    for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
      const child = children.get(path.slice(0, dot));
      if (child === undefined || isVariablePart(child)) continue;
      const found = find(child, path.slice(dot + 1));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return (path) => (path === '' ? root : find(root, path));
}

/** Every path of every module, also the second and third of one in several places. */
export function* pathsOf(root: Module, path = '', around: readonly Module[] = []): Generator<[string, Module]> {
  yield [path, root];
  const inside = [...around, root];
  for (const [name, part] of root.children()) {
    if (!isVariablePart(part) && !inside.includes(part)) yield* pathsOf(part, join(path, name), inside);
  }
}

export const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

export const isVariablePart = (part: Part): part is Parameter | ModuleBuffer =>
  isParameter(part) || isModuleBuffer(part);
