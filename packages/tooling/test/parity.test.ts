import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pageWithTables, parityPage } from '../src/parity/page.ts';
import { parityTests, parityText, readParity } from '../src/parity/parity-file.ts';
import type { ParityEntry, ParityFile } from '../src/parity/parity-file.ts';
import { ParityRecord, merged } from '../src/parity/record.ts';
import { repositoryRoot } from '../src/workspace.ts';
import { temporaryFolder } from './fixture.ts';

const entry = (name: string, largest = 1.234e-7): ParityEntry => ({
  group: 'bert',
  name,
  compared: 'tensors',
  count: 3,
  largest,
  tolerance: 3e-5,
  reference: 'torch 2',
});

/** A file of three tests, of which the last is the one that finishes. */
function fileOf(...states: (string | undefined)[]): object {
  const tasks = states.map((state) => ({ type: 'test', result: { state } }));
  const own = { type: 'test', result: { state: 'run' } };
  return Object.assign(own, { file: { type: 'suite', tasks: [{ type: 'suite', tasks }, own] } });
}

/** Finishes a record of `names` where docs/parity.json lists `listed`. */
function finish(names: readonly string[], listed: readonly ParityEntry[], task: object): void {
  using folder = temporaryFolder({ 'docs/parity.json': { 'a.test.ts': listed } });
  const record = new ParityRecord('a.test.ts', folder.root);
  for (const name of names) record.add(entry(name));
  record.finish(task);
}

test('the cases of the tests are those of docs/parity.json, whatever the digits are', () => {
  expect(() => finish(['one', 'two'], [entry('one', 9e-8), entry('two', 0)], fileOf('pass', 'pass'))).not.toThrow();
});

test('a case that is not listed fails, and one that no test covers', () => {
  expect(() => finish(['one', 'two'], [entry('one')], fileOf('pass', 'pass'))).toThrow(
    /lacks .*"two".*\nRun pnpm parity/s,
  );
  expect(() => finish(['one'], [entry('one'), entry('two')], fileOf('pass'))).toThrow(/lists .*"two".*no test covers/);
  const looser = { ...entry('one'), tolerance: 1e-3 };
  expect(() => finish(['one'], [looser], fileOf('pass'))).toThrow(/lacks .*0\.00003/);
});

test('what was left out is not missed', () => {
  expect(() => finish(['one'], [entry('one'), entry('two')], fileOf('pass', undefined))).not.toThrow();
  expect(
    merged({ file: 'a', isWhole: false, entries: [entry('two', 2e-7), entry('three')] }, [entry('one'), entry('two')]),
  ).toEqual([entry('one'), entry('two', 2e-7), entry('three')]);
  expect(merged({ file: 'a', isWhole: true, entries: [entry('two')] }, [entry('one')])).toEqual([entry('two')]);
});

test('every test that compares with a reference is listed, and the page has the tables', () => {
  const found = readParity(repositoryRoot);
  expect(Object.keys(found)).toEqual(parityTests(repositoryRoot).sort());
  expect(readFileSync(`${repositoryRoot}/docs/parity.json`, 'utf8')).toBe(parityText(found));
  const page = readFileSync(parityPage(repositoryRoot), 'utf8');
  expect(page, 'run pnpm parity --page').toBe(pageWithTables(page, found));
});

test('the page has a table for each test, with the worst case first', () => {
  const found: ParityFile = {
    'a.test.ts': [entry('one\n|'), { ...entry('two', 2e-6), details: 'BertModel' }],
    'b.test.ts': [{ ...entry('ids', 0), tolerance: 0, count: 2000, compared: 'texts' }],
  };
  const page = '<!-- What follows is written by pnpm parity. -->\nold\n<!-- Until here. -->\n';
  expect(pageWithTables(page, found)).toMatchInlineSnapshot(`
    "<!-- What follows is written by pnpm parity. -->

    |  | cases | the worst of them | bound |
    | --- | --- | --- | --- |
    | [a.test.ts](#a-test-ts) | 2 | 2e‑6 | < 3e‑5 |
    | [b.test.ts](#b-test-ts) | 1 | 0 | equal |

    ## a.test.ts



    Beside torch 2; \`a.test.ts\`.

    | case | of | compared | difference | bound |
    | --- | --- | --- | --- | --- |
    | \`one\\n\\|\` |  | 3 tensors | 1.2e‑7 | < 3e‑5 |
    | \`two\` | BertModel | 3 tensors | 2e‑6 | < 3e‑5 |

    ## b.test.ts



    Beside torch 2; \`b.test.ts\`.

    | case | compared | difference | bound |
    | --- | --- | --- | --- |
    | \`ids\` | 2,000 texts | 0 | equal |

    <!-- Until here. -->
    "
  `);
  expect(() => pageWithTables('', found)).toThrow(/lacks the lines/);
});
