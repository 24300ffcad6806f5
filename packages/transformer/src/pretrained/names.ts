import { isModuleBuffer, isParameter } from '@gai/nn';
import type { Module, ModuleBuffer, Parameter } from '@gai/nn';

/** What the files of a family call tensors. */
export interface NameRules {
  /** The name of the part without head, which files have in front of their names or not. Empty: there is none. */
  readonly base: string;
  /** The present name for an old one; others stay. */
  readonly rename: (name: string) => string;
  /** Tensors that follow from the configuration and are made anew. */
  readonly buffers: RegExp;
  /** Tensors of heads, of which each model has its own: it can do without those of others. */
  readonly heads: RegExp;
  /** Parts that a model goes without if the file has nothing for them. */
  readonly optional: readonly string[];
  /** Buffers that files may lack: they are then as the model makes them. Default: there are none. */
  readonly made?: RegExp;
}

/** Parameters and saved buffers by every name that leads to them: those in two places stand under both. */
export function everyName(module: Module, path = ''): Map<string, Parameter | ModuleBuffer> {
  const found = new Map<string, Parameter | ModuleBuffer>();
  for (const [name, part] of module.children()) {
    const full = path === '' ? name : `${path}.${name}`;
    if (isParameter(part) || (isModuleBuffer(part) && part.persistent)) found.set(full, part);
    else if (!isModuleBuffer(part)) for (const entry of everyName(part, full)) found.set(...entry);
  }
  return found;
}

/** Where the tensors of a file belong. */
export interface Placement {
  /** Names in the file by names in the model. */
  readonly places: ReadonlyMap<string, string>;
  /** Tensors of heads that this model does not have. */
  readonly unused: readonly string[];
  /** Tensors that nothing is known of. */
  readonly unexpected: readonly string[];
}

/** Finds the place of each tensor of a file in a model. */
export function placeNames(names: Iterable<string>, own: ReadonlyMap<string, unknown>, rules: NameRules): Placement {
  const places = new Map<string, string>();
  const unused: string[] = [];
  const unexpected: string[] = [];
  for (const source of names) {
    const name = rules.rename(source);
    if (rules.buffers.test(name)) continue;
    const place = spellings(name, rules.base).find((spelling) => own.has(spelling) && !places.has(spelling));
    if (place !== undefined) places.set(place, source);
    else if (rules.heads.test(name)) unused.push(source);
    else unexpected.push(source);
  }
  return { places, unused, unexpected };
}

/** A name as it is, without the base's name in front of it, and with it. */
export function spellings(name: string, base: string): string[] {
  if (base === '') return [name];
  const prefix = `${base}.`;
  return name.startsWith(prefix) ? [name, name.slice(prefix.length)] : [name, prefix + name];
}
