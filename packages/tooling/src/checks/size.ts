import { publishedPackages } from '../workspace.ts';
import { bundleCode, bundleDoor, doorsOf, sizesOf } from './bundle.ts';
import type { Door } from './bundle.ts';
import type { Check } from './check.ts';
import { doorCeilings, importCeilings } from './size-ceilings.ts';
import type { Ceiling } from './size-ceilings.ts';

const table = 'packages/tooling/src/checks/size-ceilings.ts';

/** Something whose size is limited. */
interface Measured {
  readonly name: string;
  readonly ceiling: Ceiling | undefined;
  readonly raw: number;
  readonly gzip: number;
}

async function measureDoor(door: Door): Promise<Measured> {
  return { name: door.specifier, ceiling: doorCeilings[door.specifier], ...sizesOf((await bundleDoor(door)).text) };
}

async function measureImport(name: string, ceiling: Ceiling, doors: readonly Door[]): Promise<Measured[]> {
  const [names = '', specifier = ''] = name.split(' from ');
  const door = doors.find((other) => other.specifier === specifier);
  if (door === undefined) return [];
  const { text } = await bundleCode(`export ${names} from ${JSON.stringify(door.file)};`, door);
  return [{ name, ceiling, ...sizesOf(text) }];
}

/** The problem with a size, if there is one. */
export function sizeProblem({ name, ceiling, raw, gzip }: Measured): string[] {
  const line = `'${name}': [${Math.ceil(raw * 1.1)}, ${Math.ceil(gzip * 1.1)}]`;
  if (ceiling === undefined)
    return [`${name}: has no ceiling. Measured ${raw} kB, gzip ${gzip} kB; add ${line} to ${table}.`];
  const [most, mostGzip] = ceiling;
  if (raw <= most && gzip <= mostGzip) return [];
  return [
    `${name}: ${raw} kB, gzip ${gzip} kB; the ceiling is ${most} kB, gzip ${mostGzip} kB. Look at what it imports, or ` +
      `raise the ceiling in ${table} (${line}).`,
  ];
}

/** Every public door, and what a page gets that imports one name, stays below its ceiling. */
export const sizeCheck: Check = {
  name: 'size',
  async run(root) {
    const doors = publishedPackages(root).flatMap(doorsOf);
    const measured = await Promise.all([
      ...doors.map(async (door) => [await measureDoor(door)]),
      ...Object.entries(importCeilings).map(([name, ceiling]) => measureImport(name, ceiling, doors)),
    ]);
    return measured.flat().flatMap(sizeProblem);
  },
};
