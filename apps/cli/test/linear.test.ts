import { mkdtemp, rm } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLinear } from '@gai/core/testing';
import { mdpFromJSON } from '@gai/rl/tabular';
import { afterAll, describe, expect, it } from 'vitest';
import { gai } from './support.ts';

const folder = await mkdtemp(join(tmpdir(), 'gai-linear-'));
afterAll(() => rm(folder, { recursive: true }));

/** The command with a file of a size, or with an argument of a size. */
const withFile = (text: (size: number) => string, option: string) => (size: number) => {
  const path = join(folder, `input-${size}`);
  writeFileSync(path, text(size));
  return () => gai('rl', 'solve', option, path);
};

const MAPS: Readonly<Record<string, (size: number) => string>> = {
  'spaces in a line': (size) => `S${' '.repeat(size)}x\nG`,
  'spaces at the end': (size) => `SG${' '.repeat(size)}`,
  'blank lines in between': (size) => `SG${'\n'.repeat(size)}SG`,
  'many lines': (size) => `SG\n${'FF\n'.repeat(size)}F`,
  'a letter that is none': (size) => `S${'F'.repeat(size)}x`,
};

const ARGUMENTS: Readonly<Record<string, (size: number) => string[]>> = {
  actions: (size) => ['rl', 'rollout', 'frozen-lake', '--actions', `${'0,'.repeat(size)}x`],
  'spaces among actions': (size) => ['rl', 'rollout', 'frozen-lake', '--actions', `0${' '.repeat(size)}x`],
  'brackets among actions': (size) => ['rl', 'rollout', 'frozen-lake', '--actions', `${'] '.repeat(size)}x`],
  'a number': (size) => ['train', 'digits', '--epochs', `${'1'.repeat(size)}x`],
  'a command': (size) => ['x'.repeat(size)],
  'an option': (size) => ['info', `--${'x'.repeat(size)}`],
};

/** Rows of an MDP of one action. */
const transitions = (size: number): string =>
  JSON.stringify({ states: size, actions: 1, transitions: Array.from({ length: size }, (_, s) => [s, 0, 1, s, 0, 1]) });

const table = (size: number): string =>
  JSON.stringify({
    P: Object.fromEntries(Array.from({ length: size }, (_, s) => [`s${s}`, { go: [[1, `s${s}`, 0, true]] }])),
  });

describe('what a command reads takes time in proportion to its length', { timeout: 300_000 }, () => {
  it.each(Object.entries(MAPS))('a map: %s', async (_, text) => {
    expect(await checkLinear(withFile(text, '--map'))).toBeUndefined();
  });

  it.each(Object.entries(ARGUMENTS))('an argument: %s', async (_, args) => {
    expect(await checkLinear((size) => () => gai(...args(size)))).toBeUndefined();
  });

  it('a decision problem as JSON', async () => {
    for (const make of [transitions, table]) {
      const reading = (size: number): (() => unknown) => {
        const text = make(size);
        return () => mdpFromJSON(text);
      };
      expect(await checkLinear(reading)).toBeUndefined();
    }
    expect(await checkLinear(withFile((size) => `${'['.repeat(size)}`, '--mdp'))).toBeUndefined();
  });
});
