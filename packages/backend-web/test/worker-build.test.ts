import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, defaultClientConditions } from 'vite';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../tooling/src/workspace.ts';

const guide = readFileSync(join(repositoryRoot, 'docs/browser.md'), 'utf8');

/** The block of the guide that begins with `// name`. */
function blockOf(name: string): string {
  const found = new RegExp(`^\`\`\`ts(?: fragment)?\\n(// ${name.replace('.', '\\.')}\\n[\\s\\S]*?)^\`\`\`$`, 'm').exec(
    guide,
  )?.[1];
  return found ?? expect.fail(`docs/browser.md has no block for ${name}`);
}

test(
  'the worker of the guide builds with what its vite.config.ts says about workers',
  { timeout: 120_000 },
  async () => {
    const format = /worker: \{ format: '(es|iife)' \}/.exec(blockOf('vite.config.ts'))?.[1] as
      | 'es'
      | 'iife'
      | undefined;
    const inside = join(import.meta.dirname, '../.temp'); // from here Node finds the packages
    mkdirSync(inside, { recursive: true });
    const root = mkdtempSync(join(inside, 'worker-'));
    try {
      for (const name of ['main.ts', 'train-worker.ts']) writeFileSync(join(root, name), blockOf(name));
      writeFileSync(join(root, 'index.html'), '<script type="module" src="./main.ts"></script>');
      await build({
        configFile: false,
        logLevel: 'silent',
        root,
        resolve: { conditions: ['@gai/source', 'onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
        build: { target: 'es2022' },
        ...(format && { worker: { format } }),
      });
      const assets = readdirSync(join(root, 'dist/assets'));
      expect(assets.filter((name) => name.startsWith('train-worker'))).toHaveLength(1);
      expect(assets.filter((name) => name.endsWith('.wasm'))).toEqual([]);
    } finally {
      rmSync(root, { recursive: true });
    }
  },
);
