import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../src/tabular', import.meta.url));

/** The code of every `@example` below a folder, by the file it stands in and its number there. */
function examples(): [where: string, code: string][] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => {
      const found = readFileSync(join(root, name), 'utf8').matchAll(/ \* @example\n((?: \* (?!@).*\n)+)/g);
      return [...found].map(([, code], index): [string, string] => [`${name} #${index}`, code!]);
    });
}

// The docs suite runs the examples of every package and holds them to what they claim; here each must claim something.
describe('every @example of @gai/rl/tabular', () => {
  const all = examples();
  it('is found', () => expect(all.length).toBeGreaterThan(70));
  it.each(all)('%s says what it gives', (_, code) => expect(code).toMatch(/; \/\/ => \S/));
});
