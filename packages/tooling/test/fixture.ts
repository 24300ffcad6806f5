import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../src/workspace.ts';

/** Content of a file: text, or a value that becomes JSON. */
export type Files = Record<string, string | object>;

/** A folder of this package, ignored by git, from which Node finds the installed packages. */
export const insidePackage = join(repositoryRoot, 'packages/tooling/.temp');

/** Writes files into a new temporary folder that is removed when the returned object is disposed. */
export function temporaryFolder(files: Files, parent = tmpdir()): { root: string } & Disposable {
  mkdirSync(parent, { recursive: true });
  const root = mkdtempSync(join(parent, 'gai-tooling-'));
  writeFiles(root, files);
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

/** Adds or replaces files below `root`. */
export function writeFiles(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  }
}

/** The `package.json` of a well-formed package. */
export function manifest(name: string, extra: object = {}): object {
  return {
    name: `@gai/${name}`,
    version: '0.0.0',
    description: 'A package of a test.',
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.19.0' },
    exports: {
      '.': { '@gai/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
    files: ['dist', 'src', 'docs', '!**/*.test.ts', '!**/*.test-d.ts', '!**/.tsbuildinfo'],
    publishConfig: { access: 'public', provenance: true },
    ...extra,
  };
}

/** A workspace with one complete package, `@gai/nn`. */
export const completeWorkspace: Files = {
  'package.json': { name: 'root', private: true },
  'pnpm-workspace.yaml': 'packages: [packages/*]\ncatalog:\n  typescript: 6.0.3\n',
  'apps/docs/package.json': { name: '@gai/docs', private: true, devDependencies: { '@gai/nn': 'workspace:^' } },
  'packages/nn/package.json': manifest('nn'),
  'packages/nn/README.md': [
    '# @gai/nn',
    '```sh',
    'npm install @gai/nn',
    '```',
    '```ts',
    "import { one } from '@gai/nn';",
    "if (one() !== 1) throw new Error('not one');",
    '```',
    '## Work on this package',
    '',
  ].join('\n'),
  'packages/nn/CHANGELOG.md': '# @gai/nn\n',
  'packages/nn/tsconfig.json': {},
  'packages/nn/tsconfig.build.json': {},
  'packages/nn/examples/one.ts': "import { one } from '../src/index.ts';\nconsole.log(one());\n",
  'packages/nn/src/index.ts': '/** One. */\nexport function one(): number {\n  return 1;\n}\n',
};
