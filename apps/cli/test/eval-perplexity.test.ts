import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gai } from './support.ts';
import { writeModel } from './tiny-models.ts';

let scratch = '';
const at = (name: string): string => join(scratch, name);
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gai-perplexity-'));
  await writeModel(at('llama'), 'llama');
  await writeModel(at('bert'), 'bert');
  await writeModel(at('t5'), 't5');
  await writeModel(at('mute'), 'llama');
  await unlink(at('mute/vocab.txt'));
  await writeFile(at('text.txt'), 'the cat sat on the mat\n'.repeat(6));
  await writeFile(at('empty.txt'), '');
  await writeFile(at('bytes.txt'), Uint8Array.of(0xff, 0xfe, 0x00, 0xc3));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('gai eval perplexity', () => {
  it('foresees each token but the first of a file, whatever the windows', async () => {
    const run = async (...args: string[]): Promise<Record<string, number>> => {
      const { code, stdout } = await gai('eval', 'perplexity', at('llama'), at('text.txt'), '--json', ...args);
      expect(code).toBe(0);
      return JSON.parse(stdout) as Record<string, number>;
    };
    const [wide, narrow] = [await run(), await run('--window', '5', '--stride', '2')];
    expect(wide).toMatchObject({ tokens: 37, characters: 138 }); // [CLS], six times six words, [SEP]
    expect(narrow).toMatchObject({ tokens: 37, characters: 138 });
    expect(narrow.nats).not.toBe(wide.nats);
    expect(wide.natsPerToken).toBe(wide.nats! / 37);
    expect(wide.natsPerCharacter).toBe(wide.nats! / 138);
    expect(wide.perplexity).toBe(Math.exp(wide.nats! / 37));
    expect(wide.perplexity).toBeGreaterThan(6);
    expect(wide.perplexity).toBeLessThan(30); // of 13 words, from weights that are random
  });

  it('says it to people, of what was typed too', async () => {
    const { code, stdout } = await gai('eval', 'perplexity', at('llama'), 'the cat sat');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^perplexity [\d.]+\n {2}nats per token +[\d.]+\n {2}nats per character +[\d.]+\n.*4 tokens of 11 characters\n$/,
    );
  });

  it.each<[string, () => string[], number, string]>([
    ['no model', () => [], 2, "missing required argument 'model'"],
    ['no text', () => [at('llama')], 2, "missing required argument 'text'"],
    ['a model that is not there', () => [at('none'), at('text.txt')], 1, 'there is no such folder or file'],
    ['a file that is not there', () => [at('llama'), at('none.txt')], 1, "none.txt'; expected a file, or a text"],
    ['a folder for a text', () => [at('llama'), scratch], 1, 'there is no text'],
    ['an empty file', () => [at('llama'), at('empty.txt')], 1, 'the text is empty'],
    ['bytes for a text', () => [at('llama'), at('bytes.txt')], 1, 'the file is no text'],
    ['a model without a tokenizer', () => [at('mute'), at('text.txt')], 1, 'there is no tokenizer'],
    ['a model that sees both sides', () => [at('bert'), at('text.txt')], 1, 'no class for this kind of model'],
    ['a model with an encoder', () => [at('t5'), at('text.txt')], 1, 'no class for this kind of model'],
    ['no stride', () => [at('llama'), 'a b', '--stride', '0'], 2, "Got '0'"],
    ['half a stride', () => [at('llama'), 'a b', '--stride', '1.5'], 2, "Got '1.5'"],
    ['windows that do not overlap', () => [at('llama'), 'a b', '--stride', '16'], 1, 'stride is out of range'],
    ['a window of one', () => [at('llama'), 'a b', '--window', '1'], 2, "Got '1'"],
    ['a window past all positions', () => [at('llama'), 'a b', '--window', '17'], 1, 'Got 17; expected'],
    ['another device', () => [at('llama'), 'a b', '--device', 'abacus'], 2, 'abacus'],
    ['an option of another command', () => [at('llama'), 'a b', '--out', 'x'], 2, "unknown option '--out'"],
  ])('refuses %s', async (_, args, code, message) => {
    const outcome = await gai('eval', 'perplexity', ...args());
    expect(outcome.stderr).toContain(message);
    expect(outcome).toMatchObject({ code, stdout: '' });
    if (code === 1) expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
  });
});
