import { mkdir, mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { AutoModelForCausalLM, generate } from '@gai/transformer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gai } from './support.ts';
import { writeFiles, writeModel } from './tiny-models.ts';

let scratch = '';
const at = (name: string): string => join(scratch, name);
const CHAT = { chat_template: '{% for m in messages %}{{ m.content }} {% endfor %}dog' };

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gai-generate-'));
  await writeModel(at('llama'), 'llama', { 'tokenizer_config.json': CHAT });
  await writeModel(at('plain'), 'llama');
  await writeModel(at('t5'), 't5');
  await writeModel(at('bert'), 'bert');
  await writeModel(at('mute'), 'llama');
  await unlink(at('mute/vocab.txt'));
  await writeModel(at('contrastive'), 'llama', { 'generation_config.json': { penalty_alpha: 0.6 } });
  await writeModel(at('jinja'), 'llama', { 'chat_template.jinja': '{% if %}' });
  await writeModel(at('cut'), 'llama', { 'model.safetensors': 'x' });
  await writeModel(at('field'), 'llama');
  const config = JSON.parse(await readFile(at('field/config.json'), 'utf8')) as object;
  await writeFiles(at('field'), { 'config.json': { ...config, shrink: 2 } });
  await writeFile(at('model.safetensors'), 'x');
  await mkdir(at('none'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** The last line, of what was asked for. */
async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await gai('generate', ...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
}

async function options(content: unknown): Promise<string> {
  const name = `options-${crypto.randomUUID()}.json`;
  await writeFiles(scratch, { [name]: content });
  return at(name);
}

describe('gai generate', () => {
  it('gives the tokens that generate gives, and their text', async () => {
    const found = await json(at('llama'), '--ids', '2, 5,6', '--max-new-tokens', '7');
    setDefaultBackend(await nodeBackend());
    const model = await AutoModelForCausalLM.fromPretrained(at('llama'));
    const { sequences } = await generate(model, [[2, 5, 6]], { maxNewTokens: 7 });
    expect(found).toMatchObject({ ids: sequences[0], finishReason: 'length', promptTokens: 3 });
    expect(found.text).toBeTypeOf('string');
    expect(found.tokensPerSecond).toBeGreaterThan(0);
    expect(Object.keys(found).slice(0, 3)).toEqual(['ids', 'text', 'tokensPerSecond']);
  });

  it('of a text, a conversation, and with an encoder', async () => {
    const most = ['--max-new-tokens', '3'];
    const text = await json(at('llama'), 'the cat', ...most);
    expect(text).toMatchObject({ promptTokens: 4, ids: (await json(at('llama'), '--ids', '2,5,6,3', ...most)).ids });
    const chat = await json(at('llama'), '--chat', 'the cat', ...most);
    expect(chat).toMatchObject({ promptTokens: 3, ids: (await json(at('llama'), '--ids', '5,6,10', ...most)).ids });
    const both = await json(at('llama'), '--chat', 'cat', '--system', 'the', ...most);
    expect(both.ids).toEqual(chat.ids);
    expect((await json(at('t5'), 'the cat', ...most)).ids).toHaveLength(3);
  });

  it('needs no tokenizer for token ids', async () => {
    const { ids, text } = await json(at('mute'), '--ids', '5,6', '--max-new-tokens', '4');
    expect({ count: (ids as number[]).length, text }).toEqual({ count: 4, text: '' });
    const { stdout } = await gai('generate', at('mute'), '--ids', '5,6', '--max-new-tokens', '4');
    expect(stdout).toBe(`${(ids as number[]).join(',')}\n`);
  });

  it('draws alike with one seed, and says which', async () => {
    const draw = (...args: string[]): Promise<Record<string, unknown>> =>
      json(at('llama'), 'the', '--max-new-tokens', '9', '--temperature', '2', ...args);
    const first = await draw('--seed', '7');
    expect(first).toEqual({ ...(await draw('--seed', '7')), tokensPerSecond: first.tokensPerSecond });
    expect((await draw('--seed', '8')).ids).not.toEqual(first.ids);
    const free = await draw('--top-k', '0', '--top-p', '0.9');
    expect((await draw('--top-k', '0', '--top-p', '0.9', '--seed', String(free.seed))).ids).toEqual(free.ids);
  });

  it("takes options from a file under our names and Hugging Face's; what is typed goes before it", async () => {
    const run = async (content: object, ...args: string[]): Promise<unknown> =>
      (await json(at('llama'), 'the', '--options', await options(content), ...args)).ids;
    const ours = await run({ maxNewTokens: 5, noRepeatNgramSize: 1, suppressTokens: [3], eosTokenId: null });
    expect(ours).toHaveLength(5);
    expect(new Set(ours as number[]).size).toBe(5);
    const theirs = {
      max_new_tokens: 5,
      no_repeat_ngram_size: 1,
      suppress_tokens: [3],
      eos_token_id: null,
      top_p: null,
    };
    expect(await run(theirs)).toEqual(ours);
    expect(await run(theirs, '--max-new-tokens', '2')).toEqual((ours as number[]).slice(0, 2));
    expect(
      (await json(at('llama'), 'the', '--options', await options({ logProbs: 2, max_new_tokens: 2 }))).tokens,
    ).toHaveLength(2);
  });

  it('an empty answer is an empty line, not its tokens', async () => {
    const { text } = await json(at('llama'), 'the', '--max-new-tokens', '8');
    const args = ['--max-new-tokens', '8', '--stop', [...String(text)][0]!];
    expect((await gai('generate', at('llama'), 'the', ...args)).stdout).toBe('\n');
  });

  it('ends before a stop text', async () => {
    const whole = await json(at('llama'), 'the', '--max-new-tokens', '8');
    const words = String(whole.text).split(' ');
    const stop = words[Math.min(2, words.length - 1)]!;
    const cut = await json(at('llama'), 'the', '--max-new-tokens', '8', '--stop', stop, '--stop', 'no such word');
    const text = String(whole.text);
    expect(cut).toMatchObject({ text: text.slice(0, text.indexOf(stop)), finishReason: 'stop' });
    const file = await options({ stop_strings: stop, max_new_tokens: 8 });
    expect((await json(at('llama'), 'the', '--options', file)).text).toBe(cut.text);
  });

  it('writes to people as it comes, and beside the text how it went', async () => {
    const { text } = await json(at('llama'), 'the', '--max-new-tokens', '5');
    const { code, stdout, stderr } = await gai('generate', at('llama'), 'the', '--max-new-tokens', '5');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${String(text)}\n` });
    expect(stderr).toMatch(/^5 tokens, [\d.e+]+ per second, cut at its greatest length\n$/);
  });

  it('passes nothing on that would move the cursor', async () => {
    const words = [
      '[PAD]',
      '[UNK]',
      '[CLS]',
      '[SEP]',
      '\u001b[2J',
      '\u009b2J',
      '\u0007',
      'a\u202eb',
      'x',
      'y',
      'z',
      'v',
      'w',
    ];
    const vocab = Object.fromEntries(words.map((word, id) => [word, id]));
    await writeModel(at('hostile'), 'llama', {
      'tokenizer.json': { model: { type: 'WordLevel', vocab, unk_token: '[UNK]' } },
    });
    const file = await options({
      suppress_tokens: [0, 1, 2, 3, 8, 9, 10, 11, 12],
      no_repeat_ngram_size: 1,
      max_new_tokens: 4,
    });
    const args = ['generate', at('hostile'), '--ids', '8', '--options', file];
    const { stdout } = await gai(...args);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(stdout).toContain(String.raw`\u001b[2J`);
    const line = (await gai(...args, '--json')).stdout.trimEnd();
    expect(line).not.toMatch(/\p{Cc}|\p{Cf}/u);
    expect((JSON.parse(line) as { text: string }).text).toContain('\u001b[2J');
  });

  /** What is typed behind `generate`, the exit code, and what the one line says. */
  const typed: readonly (readonly [name: string, args: () => string[], message: string])[] = [
    ['no model', () => [], "missing required argument 'model'"],
    ['no prompt', () => ['m'], 'there is no prompt'],
    ['a prompt and token ids', () => ['m', 'a', '--ids', '1'], 'there are several prompts'],
    ['token ids and a message', () => ['m', '--chat', 'a', '--ids', '1'], 'there are several prompts'],
    ['two prompts', () => ['m', 'a', 'b'], 'too many arguments'],
    ['instructions without a message', () => ['m', 'a', '--system', 'b'], '--system goes before what --chat says'],
    ['words for ids', () => ['m', '--ids', 'a,b'], "Got 'a,b'; expected token ids"],
    ['no ids', () => ['m', '--ids', ''], "Got ''; expected token ids"],
    ['an id left out', () => ['m', '--ids', '1,,2'], "Got '1,,2'"],
    ['a negative id', () => ['m', '--ids', '1,-2'], "Got '1,-2'"],
    ['half an id', () => ['m', '--ids', '1.5'], "Got '1.5'"],
    ['an id past every number', () => ['m', '--ids', '1'.repeat(30)], 'expected token ids'],
    ['no new tokens', () => ['m', 'a', '--max-new-tokens', '0'], "Got '0'; expected a whole number of 1 or more"],
    ['some new tokens', () => ['m', 'a', '--max-new-tokens', 'some'], "Got 'some'"],
    ['a temperature below 0', () => ['m', 'a', '--temperature', '-1'], "Got '-1'; expected a number of at least 0"],
    ['a temperature without end', () => ['m', 'a', '--temperature', 'Infinity'], "Got 'Infinity'"],
    ['no temperature', () => ['m', 'a', '--temperature', ''], "Got ''"],
    ['half a token to draw from', () => ['m', 'a', '--top-k', '1.5'], "Got '1.5'"],
    ['no part of the tokens', () => ['m', 'a', '--top-p', '0'], 'expected a number above 0 and at most 1'],
    ['more than all tokens', () => ['m', 'a', '--top-p', '1.1'], "Got '1.1'"],
    ['a negative seed', () => ['m', 'a', '--seed', '-3'], "Got '-3'"],
    ['an empty stop text', () => ['m', 'a', '--stop', ''], "Got ''; expected a text of at least one character"],
    ['another device', () => ['m', 'a', '--device', 'abacus'], 'abacus'],
    ['half a thread', () => ['m', 'a', '--threads', '0.5'], "Got '0.5'"],
    ['beams', () => ['m', 'a', '--num-beams', '4'], "unknown option '--num-beams'"],
    ['a misspelt option', () => ['m', 'a', '--temprature', '1'], 'Did you mean --temperature?'],
  ];
  it.each(typed)('wrong usage: %s', async (_, args, message) => {
    const { code, stdout, stderr } = await gai('generate', ...args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  const given: readonly (readonly [name: string, args: () => string[], message: string])[] = [
    ['a model that is not there', () => [at('nowhere'), 'a'], 'there is no such folder or file'],
    ['a misspelt name', () => ['smolm2', 'a'], 'Did you mean smollm2?'],
    ['a folder without a model', () => [at('none'), '--ids', '1'], 'there is no configuration'],
    ['weights alone', () => [at('model.safetensors'), 'a'], 'this file is no model'],
    ['weights that are cut', () => [at('cut'), 'a'], 'safetensors'],
    ['a model that does not write', () => [at('bert'), 'a'], 'no class for this kind of model'],
    ['a field that is not known', () => [at('field'), 'a'], 'Got shrink: 2'],
    ['a text without a tokenizer', () => [at('mute'), 'a'], 'there is no tokenizer'],
    ['a message without a template', () => [at('plain'), '--chat', 'a'], 'has no template for conversations'],
    ['a template that is none', () => [at('jinja'), 'a'], 'the template cannot be applied'],
    ['a special token in a message', () => [at('llama'), '--chat', 'a [SEP] b'], "Got '[SEP]'"],
    [
      'a token that there is not',
      () => [at('llama'), '--ids', '13'],
      'Got 13 in row 0; expected whole numbers from 0 to 12',
    ],
    ['a model that asks for contrastive search', () => [at('contrastive'), 'a'], 'penalty_alpha: 0.6'],
    ['options that are not there', () => [at('llama'), 'a', '--options', at('no.json')], 'there is no such file'],
    ['a folder of options', () => [at('llama'), 'a', '--options', scratch], 'there is no such file'],
  ];
  const files: readonly (readonly [name: string, content: unknown, message: string])[] = [
    ['no JSON', '{ max', 'the file is no JSON'],
    ['an empty file', '', 'the file is no JSON'],
    ['a list', [1], 'there are no options. Got a list'],
    ['nothing', 'null', 'expected an object'],
    ['an option of another name', { max_tokens: 4 }, "Got 'max_tokens'"],
    ['a misspelt option', { max_new_token: 4 }, 'Did you mean maxNewTokens?'],
    ['an option in two spellings', { topK: 4, top_k: 4 }, 'an option is there twice'],
    ['a name that moves the cursor', { '\u001b[2J': 1 }, String.raw`Got '\u001b[2J'`],
    ['a text for a number', { temperature: '1' }, 'temperature is out of range. Got 1'],
    ['a temperature below 0', { temperature: -1 }, 'temperature is out of range'],
    ['half a token', { maxNewTokens: 2.5 }, 'Got 2.5'],
    ['a probability above 1', { typical_p: 2 }, 'typicalP does not fit. Got 2'],
    ['a number for a flag', { do_sample: 1 }, 'doSample does not fit. Got 1; expected true or false'],
    ['words for ids', { bad_words_ids: [['a']] }, 'badWordsIds does not fit'],
    ['a word for an id', { eos_token_id: '</s>' }, 'eosTokenId does not fit'],
    ['a list of biases', { logit_bias: [1] }, 'logitBias does not fit'],
    ['beams without a search', { length_penalty: 2 }, 'there is no search. Got lengthPenalty 2'],
    ['groups of unequal size', { num_beams: 4, num_beam_groups: 3, diversity_penalty: 1 }, 'Got 4 beams in 3 groups'],
    ['several answers', { num_return_sequences: 2, do_sample: true }, 'give the prompt several times'],
    ['greedy drawing', { do_sample: false, top_p: 0.5 }, 'nothing is drawn'],
    ['a schema', { schema: { type: 'object' } }, 'Got schema'],
    ['a tool', { tools: [{ name: 'f', parameters: {} }] }, 'Got tools'],
    ['a number to stop at', { stop: [3] }, 'stop holds an empty text'],
    ['an empty stop text', { stop: '' }, 'stop holds an empty text'],
    ['a signal', { signal: {} }, "Got 'signal'"],
    ['a function', { stop_when: 'x' }, "Got 'stop_when'"],
  ];
  it.each(given)('refuses in one line: %s', async (_, args, message) => {
    const { code, stdout, stderr } = await gai('generate', ...args(), '--json');
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
    expect(stderr).toContain(message);
  });
  it.each(files)('refuses options with %s', async (_, content, message) => {
    const { code, stdout, stderr } = await gai('generate', at('llama'), 'a', '--options', await options(content));
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
    expect(stderr).toContain(message);
  });
});
