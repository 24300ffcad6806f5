import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { templateSentences } from '../generate/template.ts';
import { listFiles, publishedPackages, publishedPrograms, readJson } from '../workspace.ts';
import type { Manifest, WorkspacePackage } from '../workspace.ts';
import type { Check } from './check.ts';

const requiredFiles = [
  'README.md',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'src/index.ts',
  'CHANGELOG.md',
];
const requiredFields: Readonly<Record<string, unknown>> = {
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20.19.0' },
  files: ['dist', 'src', 'docs', '!**/*.test.ts', '!**/*.test-d.ts', '!**/.tsbuildinfo'],
  publishConfig: { access: 'public', provenance: true },
};
const readmeParts: readonly [RegExp, string][] = [
  [/^npm install @gai\//m, 'an install line (`npm install @gai/…`)'],
  [/^```ts\n/m, 'a first example (```ts)'],
  [/^## Work on this package$/m, 'the section `## Work on this package`'],
];

function checkExports({ dir, path, manifest }: WorkspacePackage): string[] {
  return Object.entries(manifest.exports ?? {}).flatMap(([door, target]) => {
    if (door === './package.json') return target === door ? [] : [`${path}: exports['${door}'] must be '${door}'`];
    if (typeof target === 'string') return [`${path}: exports['${door}'] must be an object of conditions`];
    const source = target['@gai/source'] ?? '';
    const base = source.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '');
    const expected = { '@gai/source': source, types: `${base}.d.ts`, default: `${base}.js` };
    if (JSON.stringify(target) !== JSON.stringify(expected)) {
      return [`${path}: exports['${door}'] is ${JSON.stringify(target)}; expected ${JSON.stringify(expected)}`];
    }
    return existsSync(join(dir, source)) ? [] : [`${path}: exports['${door}'] names ${source}, which is missing`];
  });
}

function checkReadme({ dir, path }: WorkspacePackage): string[] {
  const file = join(dir, 'README.md');
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  return readmeParts.filter(([part]) => !part.test(text)).map(([, what]) => `${path}/README.md: lacks ${what}`);
}

/** Sources that still say what a template says in place of what they do. */
function checkWritten({ dir, path, manifest }: WorkspacePackage): string[] {
  const texts = [
    ...listFiles(join(dir, 'src'), '.ts').map(
      (file) => [file.slice(dir.length + 1), readFileSync(file, 'utf8')] as const,
    ),
    ['package.json', String(manifest['description'])] as const,
  ];
  return texts.flatMap(([file, text]) => {
    const left = templateSentences.find((sentence) => text.includes(sentence));
    return left === undefined ? [] : [`${path}/${file}: says "${left}", as the template does. Write what it is.`];
  });
}

/** What one published package lacks. */
export function checkPackage(found: WorkspacePackage): string[] {
  const { dir, path, manifest } = found;
  const files = path === 'packages/core' ? requiredFiles : [...requiredFiles, 'examples'];
  const problems = files.filter((file) => !existsSync(join(dir, file))).map((file) => `${path}: ${file} is missing`);
  for (const [field, value] of Object.entries(requiredFields)) {
    if (JSON.stringify(manifest[field]) === JSON.stringify(value)) continue;
    problems.push(`${path}/package.json: "${field}" must be ${JSON.stringify(value)}`);
  }
  for (const field of ['description', 'version', 'exports']) {
    if (!manifest[field]) problems.push(`${path}/package.json: "${field}" is missing`);
  }
  if (!manifest.exports?.['./package.json']) problems.push(`${path}/package.json: exports lacks "./package.json"`);
  return [...problems, ...checkExports(found), ...checkReadme(found), ...checkWritten(found)];
}

const programFiles = ['README.md', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'CHANGELOG.md'];

/** What one published program lacks. */
export function checkProgram({ dir, path, manifest }: WorkspacePackage): string[] {
  const missing = programFiles.filter((file) => !existsSync(join(dir, file)));
  const problems = missing.map((file) => `${path}: ${file} is missing`);
  for (const field of ['license', 'type', 'engines', 'publishConfig']) {
    if (JSON.stringify(manifest[field]) === JSON.stringify(requiredFields[field])) continue;
    problems.push(`${path}/package.json: "${field}" must be ${JSON.stringify(requiredFields[field])}`);
  }
  for (const field of ['description', 'version', 'bin']) {
    if (!manifest[field]) problems.push(`${path}/package.json: "${field}" is missing`);
  }
  return problems;
}

/** Every published package has its files and fields, and the docs site depends on it (its examples run from there). */
export const completeCheck: Check = {
  name: 'complete',
  run(root) {
    const packages = publishedPackages(root);
    const problems = [...packages.flatMap(checkPackage), ...publishedPrograms(root).flatMap(checkProgram)];
    const docs = join(root, 'apps/docs/package.json');
    const listed = existsSync(docs) ? (readJson<Manifest>(docs).devDependencies ?? {}) : {};
    for (const { manifest } of packages) {
      if (!(manifest.name in listed)) problems.push(`apps/docs/package.json: lacks ${manifest.name} (workspace:^)`);
    }
    return problems;
  },
};
