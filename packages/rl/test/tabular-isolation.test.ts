import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = new URL('../src/tabular', import.meta.url).pathname;

it('@gai/rl/tabular imports no package, nothing of Node and nothing outside its folder, except types', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  let imports = 0;
  for (const name of files) {
    const text = readFileSync(join(root, name), 'utf8');
    for (const [statement, specifier] of text.matchAll(/^(?:import|export)\b[^;'"]*?from '([^']+)';/gm)) {
      if (/^(?:import|export) type\b/.test(statement)) continue;
      imports++;
      expect(specifier, name).toMatch(/^\.{1,2}\//);
      expect(relative(root, join(root, dirname(name), specifier!)), name).not.toMatch(/^\.\./);
    }
    expect(text, name).not.toMatch(/^import '|Math\.random|Date\.now|'node:/m);
  }
  expect(imports).toBeGreaterThan(100);
});
