import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const src = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');

/** Every module that `entry` reaches by relative imports, with what it imports from elsewhere. */
function reach(entry: string, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(entry)) return seen;
  const text = readFileSync(entry, 'utf8');
  const targets = [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => match[1]!);
  seen.set(
    entry,
    targets.filter((target) => !target.startsWith('.')),
  );
  for (const target of targets) if (target.startsWith('.')) reach(resolve(dirname(entry), target), seen);
  return seen;
}

it('the main door reaches nothing of Node, only @gai/core, its ops and its files', () => {
  const modules = reach(join(src, 'index.ts'));
  expect(modules.size).toBeGreaterThan(20);
  expect([...new Set([...modules.values()].flat())]).toEqual(['@gai/core', '@gai/core/ops', '@gai/core/io']);
  for (const path of modules.keys())
    expect(readFileSync(path, 'utf8'), path).not.toMatch(/node:|\bBuffer\b|\bprocess\./);
});

it('only the door for Node imports Node', () => {
  const modules = reach(join(src, 'node.ts'));
  expect([...modules.values()].flat()).toContain('node:fs/promises');
});
