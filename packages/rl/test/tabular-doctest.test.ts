import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as tabular from '@gai/rl/tabular';

const root = new URL('../src/tabular', import.meta.url).pathname;

/** The code of every `@example` below a folder, with the file it stands in. */
function examples(): { file: string; code: string }[] {
  const found: { file: string; code: string }[] = [];
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
    const text = readFileSync(join(root, name), 'utf8');
    for (const [, body] of text.matchAll(/ \* @example\n((?: \* (?!@).*\n)+)/g)) {
      found.push({ file: name, code: body!.replace(/^ \* /gm, '') });
    }
  }
  return found;
}

/** `expression; // => value` becomes a check. */
function instrument(code: string): string {
  const withoutImports = code.replace(/^import \{([^}]*)\} from '@gai\/rl\/tabular';\n/gm, 'const {$1} = tabular;\n');
  const checked = withoutImports.replace(/^(.*); \/\/ => (.*)$/gm, (_, expression: string, value: string) => {
    return `check(${expression}, ${value});`;
  });
  return ts.transpile(checked, { target: ts.ScriptTarget.ES2022 });
}

const AsyncFunction = (async () => undefined).constructor as new (
  ...parts: string[]
) => (tabularModule: unknown, check: (actual: unknown, wanted: unknown) => void) => Promise<void>;

describe('every @example of @gai/rl/tabular', () => {
  const all = examples();
  it('is found', () => {
    expect(all.length).toBeGreaterThan(70);
  });
  it.each(all.map(({ file, code }, i) => [`${file} #${i}`, code] as const))(
    '%s',
    async (_, code) => {
      let checks = 0;
      await new AsyncFunction('tabular', 'check', instrument(code))(tabular, (actual, wanted) => {
        checks++;
        expect(actual).toEqual(wanted);
      });
      expect(checks).toBeGreaterThan(0);
    },
    30_000,
  );
});
