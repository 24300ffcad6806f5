import { join } from 'node:path';
import { packageLevels } from '../checks/levels.ts';
import { Plan } from './plan.ts';
import { fillAll } from './template.ts';

/** Settings of {@link newPackage}. */
export interface PackageOptions {
  /** Workspace packages it needs, such as `['core', 'nn']`. */
  needs: readonly string[];
  description: string;
}

/** JSON as it stands one level deep in a `package.json`. */
const indented = (value: object): string => JSON.stringify(value, undefined, 2).replaceAll('\n', '\n  ');

/** Writes a package that passes every check, and names it to the checks and the docs. */
export function newPackage(root: string, name: string, { needs, description }: PackageOptions): string[] {
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new Error(`'${name}' is no package name: write kebab-case, such as time-series`);
  if (/["\\\p{Cc}]/u.test(description))
    throw new Error('the description has a quotation mark, a backslash or several lines: it goes into JSON as it is');
  const levels = needs.map((needed) => {
    const entry = packageLevels[needed];
    if (!entry) throw new Error(`no package '${needed}' in packageLevels`);
    return entry.level + 1;
  });
  const dependencies = Object.fromEntries(needs.map((needed) => [`@gai/${needed}`, 'workspace:^']));
  const values = { name, description, dependencies: indented(dependencies) };
  const plan = new Plan();
  for (const [file, text] of fillAll('package', values)) plan.create(join(root, 'packages', name, file), text);
  plan.edit(join(root, 'apps/docs/package.json'), (text) => {
    const manifest = JSON.parse(text) as { devDependencies: Record<string, string> };
    const entries = Object.entries({ ...manifest.devDependencies, [`@gai/${name}`]: 'workspace:^' });
    const devDependencies = Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
    return `${JSON.stringify({ ...manifest, devDependencies }, undefined, 2)}\n`;
  });
  if (packageLevels[name]) return plan.write();
  return plan
    .edit(join(root, 'packages/tooling/src/checks/levels.ts'), (text) => {
      const list = needs.map((needed) => `'${needed}'`).join(', ');
      const entry = `'${name}': { level: ${Math.max(0, ...levels)}, dependsOn: [${list}] },`;
      return text.replace(/(packageLevels[^=]*= \{\n(?: .*\n)*)/, (head) => `${head}  ${entry}\n`);
    })
    .write();
}
