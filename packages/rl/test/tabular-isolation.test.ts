import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../src/tabular', import.meta.url));

it('@gai/rl/tabular imports errors of @gai/core, else no package, nothing of Node and nothing outside its folder', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  let imports = 0;
  for (const name of files) {
    const text = readFileSync(join(root, name), 'utf8');
    for (const [statement, specifier] of text.matchAll(/^(?:import|export)\b[^;'"]*?from '([^']+)';/gm)) {
      if (/^(?:import|export) type\b/.test(statement)) continue;
      imports++;
      if (specifier === '@gai/core/errors') continue;
      expect(specifier, name).toMatch(/^\.{1,2}\//);
      expect(relative(root, join(root, dirname(name), specifier!)), name).not.toMatch(/^\.\./);
    }
    expect(text, name).not.toMatch(/^import '|Math\.random|Date\.now|'node:/m);
  }
  expect(imports).toBeGreaterThan(100);
});

it('the errors of @gai/core bring nothing else with them', () => {
  const core = fileURLToPath(new URL('../../core/src/', import.meta.url));
  const reached = new Set<string>();
  const open = ['errors.ts'];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    reached.add(file);
    for (const [, specifier] of readFileSync(join(core, file), 'utf8').matchAll(/from '([^']+)'/g)) {
      const next = join(dirname(file), specifier!);
      if (!reached.has(next)) open.push(next);
    }
  }
  expect([...reached].sort()).toEqual([
    'argument.ts',
    'error-classes.ts',
    'errors.ts',
    'escaped.ts',
    'nearest-name.ts',
  ]);
});
