import { setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { releaseInspection } from '@gai/transformer';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIRST_GPT, FIRST_STORY, TEXT_LENGTH } from '../.vitepress/components/gpt-choices.ts';
import { MOST_TOKENS } from '../.vitepress/components/inspector-model.ts';
import type { Look, LookRequest } from '../.vitepress/components/inspector-model.ts';
import { headMatrix, pairWords } from '../.vitepress/components/inspector-words.ts';
import { languageFunctions } from '../.vitepress/components/language-functions.ts';
import type { LanguageFunctions, NamedFile, TrainingNews } from '../.vitepress/components/language-functions.ts';
import { smallStories } from '../.vitepress/components/small-stories.ts';
import { MemoryStorage } from '../../../packages/transformer/test/memory-storage.ts';
import { SmallGpt } from '../.vitepress/components/small-gpt.ts';

const SETTINGS = { ...FIRST_GPT, layers: 1, heads: 2, headSize: 8, text: smallStories(40) };
const silent = (): void => undefined;

let functions: LanguageFunctions;
/** A model as a reader would open it. */
let files: NamedFile[];

beforeAll(async () => {
  setDefaultBackend(await nodeBackend());
  functions = languageFunctions({ prepare: () => Promise.resolve(), release: releaseInspection });
  const small = await SmallGpt.begin(SETTINGS);
  const storage = new MemoryStorage();
  await small.model.savePretrained('m', { storage });
  storage.write('m/tokenizer.json', JSON.stringify(small.tokenizer.toJSON()));
  files = [...storage.files].map(([path, bytes]) => ({ name: path.slice(2), content: new Blob([bytes]) }));
});

const look = (request: Partial<LookRequest>): Promise<Look> =>
  functions.look({ text: FIRST_STORY, off: [], at: Infinity, ...request });

describe('the worker of the pages on language models', () => {
  it('trains, is stopped, goes on where it was, writes, and looks into what it has learned', async () => {
    const facts = await functions.begin(SETTINGS);
    expect(facts.tokens).toBeGreaterThan(1000);
    const news: TrainingNews[] = [];
    const request = { steps: 40, sampleEvery: 20, beginning: 'Mia has', seed: 3 };
    expect(await functions.train({ ...request, steps: 5 }, (each) => news.push(each))).toBe(5);
    const running = functions.train(request, (each) => {
      news.push(each);
      if (news.length === 12) functions.stop();
    });
    await expect(functions.train(request, silent)).rejects.toThrow('stop it first');
    await expect(functions.begin(SETTINGS)).rejects.toThrow('stop it first');
    expect(await running).toBe(12);
    expect(await functions.train(request, (each) => news.push(each))).toBe(52);
    const losses = news.flatMap((each) => (each.kind === 'step' ? [each.news.loss] : []));
    expect(losses).toHaveLength(52);
    expect(losses[0]).toBeCloseTo(Math.log(facts.vocabulary), 0);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 1);
    expect(news.filter(({ kind }) => kind === 'sample').map((each) => 'step' in each && each.step)).toEqual([20, 40]);
    expect(typeof (await functions.write({ beginning: 'Tom', seed: 1, temperature: 0.5 }))).toBe('string');

    // The same seed learns the same, also if texts are written and heads are tried meanwhile.
    await functions.begin(SETTINGS);
    const again: number[] = [];
    const texts: Promise<string>[] = [];
    await functions.train({ ...request, steps: 5, sampleEvery: 1000 }, (each) => {
      if (each.kind !== 'step') return;
      again.push(each.news.loss);
      texts.push(functions.write({ beginning: 'Tom', seed: 1, temperature: 0.5 }));
      functions.stopEffects();
    });
    expect(again).toEqual(losses.slice(0, 5));
    expect(await Promise.all(texts)).toHaveLength(5);

    expect(await functions.inspectTrained()).toMatchObject({ layers: 1, heads: 2, kind: 'LlamaForCausalLM' });
    const found = await look({});
    expect(found.tokens[0]!.text).toBe('<|endoftext|>');
    expect(found.lens).toHaveLength(2);
    expect(found.lensPlaces).toHaveLength(found.tokens.length);
  });

  it('opens files, and shows their tokens, heads, and what comes next', async () => {
    const said: string[] = [];
    const facts = await functions.open({ files, name: 'mine' }, (status) => said.push(status));
    expect(facts).toMatchObject({ name: 'mine', layers: 1, heads: 2 });
    expect(said).toEqual(['Reading mine …']);
    const found = await look({ text: 'Mia has a red ball.' });
    const time = found.tokens.length;
    expect(found.tokens.map(({ text }) => text).join('')).toBe('Mia␣has␣a␣red␣ball.');
    expect(found.at).toBe(time - 1);
    for (const row of headMatrix(found, 'weights', [0, 1])) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(headMatrix(found, 'scores', [0, 1])[0]!.slice(1)).toEqual(new Array(time - 1).fill(-Infinity));
    const [first, , third] = found.tokens.map((token) => token.text);
    expect(pairWords(found, [0, 1], [2, 0])).toContain(`“${third}” (2) looks at “${first}” (0): q · k / √d = `);
    expect(pairWords(found, [0, 1], [0, 2])).toContain('it comes later');
    expect([found.residuals.length, found.attention.length, found.feedForward.length]).toEqual([2, 1, 1]);

    const plain = functions.next({ at: found.at, settings: { topK: 0 } });
    expect(plain.left).toBe(facts.vocabulary);
    expect(plain.tokens[0]).toMatchObject({ whole: undefined, drawn: plain.tokens[0]!.plain });
    expect(plain.tokens[0]!.id).toBe(found.lens.at(-1)!.at(-1)![0]!.id);
    const few = functions.next({ at: found.at, settings: { topK: 3, temperature: 0.5 } });
    expect(few.tokens.filter(({ drawn }) => drawn > 0)).toHaveLength(3);
    expect(functions.next({ at: found.at, settings: { temperature: 0 } })).toMatchObject({ left: 1, bits: 0 });
    const best = { off: [], settings: { temperature: 0 }, uniform: 0.99 };
    const drawn = await functions.draw({ ...best, text: 'Mia has a red ball.' });
    expect(drawn).toBe(plain.tokens[0]!.text.replaceAll('␣', ' '));
    await expect(functions.draw({ ...best, text: 'Mia has a red ball. '.repeat(20) })).rejects.toThrow('is full');
    expect(() => functions.next({ at: 99, settings: {} })).toThrow('no token 99');
  });

  it('draws behind the text that is given, whichever is shown', async () => {
    await functions.open({ files, name: 'mine' }, silent);
    const likeliest = async (request: Partial<LookRequest>): Promise<number[]> => {
      const found = await look(request);
      return functions.next({ at: found.at, settings: { topK: 0 } }).tokens.map(({ plain }) => plain);
    };
    const [shown, given] = [{ text: 'Tom' }, { text: 'Mia has a red', off: [[0, 0]] as const }];
    const drawnFor = async (request: Partial<LookRequest>): Promise<string[]> => {
      const draws = [0.02, 0.2, 0.4, 0.6, 0.8, 0.98].map((uniform) =>
        functions.draw({ text: FIRST_STORY, off: [], ...request, settings: { topK: 0 }, uniform }),
      );
      return Promise.all(draws);
    };
    await likeliest(given);
    const expected = await drawnFor(given);
    const before = await likeliest(shown);
    expect(await drawnFor(given)).toEqual(expected);
    expect(await drawnFor(shown)).not.toEqual(expected);
    const { at } = await look(shown);
    expect(functions.next({ at, settings: { topK: 0 } }).tokens.map(({ plain }) => plain)).toEqual(before);
  });

  it('begins with what the tokenizer puts in front', async () => {
    const tokenizer = JSON.parse(await (files.find(({ name }) => name === 'tokenizer.json')!.content as Blob).text());
    const [{ id, content }] = tokenizer.added_tokens;
    tokenizer.post_processor = {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: content, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: { [content]: { id: content, ids: [id], tokens: [content] } },
    };
    const own = { name: 'tokenizer.json', content: new Blob([JSON.stringify(tokenizer)]) };
    await functions.open({ files: [...files.filter(({ name }) => name !== own.name), own], name: 'mine' }, silent);
    expect((await look({ text: 'Mia' })).tokens[0]).toEqual({ id, text: content });
  });

  it('switches heads off, remembers what all of them said, and tries each', async () => {
    await functions.open({ files, name: 'mine' }, silent);
    const whole = await look({});
    const before = functions.next({ at: whole.at, settings: {} });
    const off = await look({ off: [[0, 1]] });
    const after = functions.next({ at: off.at, settings: {} });
    const same = after.tokens.find(({ id }) => id === before.tokens[0]!.id)!;
    expect(same.whole).toBeCloseTo(before.tokens[0]!.plain, 6);
    expect(same.plain).not.toBe(same.whole);
    const effects = await functions.effects({ text: FIRST_STORY, at: Infinity }, silent);
    expect(effects).toEqual([[expect.any(Number), expect.any(Number)]]);
    expect(effects[0]![1]).toBeCloseTo(Math.log(same.plain / same.whole!), 4);
    expect(functions.next({ at: off.at, settings: {} })).toEqual(after); // Trying leaves what is shown alone.
    const request = { text: FIRST_STORY, at: Infinity };
    const stopped = functions.effects(request, silent);
    functions.stopEffects();
    expect(await stopped).toEqual([]);
    const outdated = functions.effects(request, silent);
    expect(await functions.effects(request, silent)).toEqual(effects);
    expect(await outdated).toEqual([]);
    const other = functions.effects(request, silent);
    await functions.open({ files, name: 'another' }, silent);
    expect(await other).toEqual([]);
  });

  it.each<[string, Partial<LookRequest>, number]>([
    ['a text far too long', { text: 'Mia has a red ball. '.repeat(10_000) }, MOST_TOKENS],
    ['a place behind the end', { text: '.', at: 99 }, 1],
    ['letters that the text did not have', { text: '東京 🙂 é \u0000' }, 0],
    ['half an emoji', { text: 'Mia \ud83d' }, 0],
    ['heads that are not there', { text: '.', off: [[7, 7]] }, 1],
    ['ends of lines', { text: 'Mia\n\n\tTom\r\n' }, 0],
    ['what stands for the end of texts', { text: '<|endoftext|>' }, 1],
  ])('takes %s', async (_, request, count) => {
    const found = await look(request);
    expect(found.tokens.length).toBeGreaterThan(0);
    if (count > 0) expect(found.tokens).toHaveLength(count);
    expect(found.weights.every(Number.isFinite)).toBe(true);
    expect(found.tokens.every(({ text }) => text.length > 0)).toBe(true);
  });
});

describe('bad input of the pages', () => {
  let config: object;
  beforeAll(async () => {
    await functions.open({ files, name: 'mine' }, silent);
    config = JSON.parse(await (files.find(({ name }) => name === 'config.json')!.content as Blob).text()) as object;
  });

  it('an empty text', async () => {
    await expect(look({ text: '' })).rejects.toThrow('Type a word or two');
  });

  const text = (content: string): Blob => new Blob([content]);
  const without = (name: string): NamedFile[] => files.filter((file) => file.name !== name);
  const instead = (name: string, content: string): NamedFile[] => [...without(name), { name, content: text(content) }];
  /** The model with another config.json; the weights are what they were. */
  const changed = (changes: object): NamedFile[] => instead('config.json', JSON.stringify({ ...config, ...changes }));
  const cutWeights = (share: number): NamedFile[] => {
    const whole = files.find(({ name }) => name === 'model.safetensors')!.content as Blob;
    return [
      ...without('model.safetensors'),
      { name: 'model.safetensors', content: whole.slice(0, Math.floor(whole.size * share)) },
    ];
  };
  it.each<[string, () => NamedFile[], string]>([
    ['no file', () => [], 'There is no model among these files (none)'],
    [
      'a picture',
      () => [{ name: 'cat.png', content: text('\u0089PNG') }],
      'There is no model among these files (cat.png)',
    ],
    ['a folder without config.json', () => without('config.json'), 'There is no model'],
    ['a folder without a tokenizer', () => without('tokenizer.json'), 'there is no tokenizer'],
    ['a folder without weights', () => without('model.safetensors'), 'model.safetensors'],
    ['a config.json that is no JSON', () => instead('config.json', '{'), 'config.json'],
    ['a config.json of another kind of model', () => instead('config.json', '{"model_type":"bert"}'), 'bert'],
    ['a config.json of nothing known', () => instead('config.json', '{"model_type":"vit"}'), 'vit'],
    ['weights that are none', () => instead('model.safetensors', 'hello'), 'safetensors'],
    ['empty weights', () => instead('model.safetensors', ''), 'safetensors'],
    ['a tokenizer that is none', () => instead('tokenizer.json', '[]'), 'tokenizer'],
    ['a GGUF that is none', () => [{ name: 'x.gguf', content: text('GGUF') }], 'gguf'],
    ['a config.json that is a list', () => instead('config.json', '[]'), 'config.json'],
    ['a config.json that is nothing', () => instead('config.json', 'null'), 'config.json'],
    ['an empty config.json', () => instead('config.json', ''), 'config.json'],
    ['a width below 0', () => changed({ hidden_size: -8 }), 'hiddenSize'],
    ['half a layer', () => changed({ num_hidden_layers: 0.5 }), 'numHiddenLayers'],
    ['heads that do not divide the width', () => changed({ num_attention_heads: 3 }), 'heads'],
    ['a width that is text', () => changed({ hidden_size: 'wide' }), 'hiddenSize'],
    ['weights that end in the middle', () => cutWeights(0.5), 'the data does not end'],
    ['weights that end in the header', () => cutWeights(0.01), 'safetensors'],
    ['weights of a wider model', () => changed({ hidden_size: 32 }), 'shape'],
    ['weights of fewer layers', () => changed({ num_hidden_layers: 2 }), 'model.layers.1'],
    ['a tokenizer that is no JSON', () => instead('tokenizer.json', '{'), 'tokenizer.json'],
    ['a tokenizer of an unknown kind', () => instead('tokenizer.json', '{"model":{"type":"Magic"}}'), 'Magic'],
    ['a tokenizer without merges', () => instead('tokenizer.json', '{"model":{"type":"BPE"}}'), 'model.merges'],
    ['a GGUF of a version to come', () => [{ name: 'x.gguf', content: text('GGUF\u0063\0\0\0') }], 'gguf'],
    ['an empty GGUF', () => [{ name: 'x.gguf', content: text('') }], 'gguf'],
  ])('%s', async (_, given, words) => {
    const error: unknown = await functions
      .open({ files: given(), name: 'mine' }, silent)
      .catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message.toLowerCase()).toContain(words.toLowerCase());
  });

  it.each<[string, object, string]>([
    ['an empty text', { text: '' }, 'too short: 0 characters'],
    ['blanks', { text: ' \n'.repeat(500) }, 'too short: 0 characters'],
    ['a short text', { text: 'Mia has a ball.' }, 'too short: 15 characters'],
    ['far too long a text', { text: 'a '.repeat(TEXT_LENGTH.most) }, 'too long'],
    ['no text', { text: undefined }, 'too short'],
    ['NaN as seed', { seed: NaN }, 'The seed is NaN'],
    ['a seed below 0', { seed: -1 }, 'The seed is -1'],
    ['half a seed', { seed: 0.5 }, 'The seed is 0.5'],
    ['NaN as learning rate', { learningRate: NaN }, 'The learning rate is NaN'],
    ['a learning rate of 0', { learningRate: 0 }, 'The learning rate is 0'],
    ['a learning rate of 5', { learningRate: 5 }, 'The learning rate is 5'],
    ['no layers', { layers: 0 }, 'There is no such size'],
    ['40 layers', { layers: 40 }, 'There is no such size'],
    ['3 heads', { heads: 3 }, 'There is no such size'],
    ['half a layer', { layers: 0.5 }, 'There is no such size'],
    ['heads of 7', { headSize: 7 }, 'There is no such size'],
    ['NaN as size', { headSize: NaN }, 'There is no such size'],
    ['a seed that is no safe number', { seed: 2 ** 53 }, 'The seed is'],
    ['an endless learning rate', { learningRate: Infinity }, 'The learning rate is Infinity'],
    ['a number as text', { text: 42 }, 'too short'],
  ])('learning from %s', async (_, changes, words) => {
    await expect(functions.begin({ ...SETTINGS, ...changes })).rejects.toThrow(words);
  });

  it('nothing is there yet', async () => {
    const fresh = languageFunctions({
      prepare: () => Promise.reject(new Error('offline')),
      release: releaseInspection,
    });
    await expect(fresh.start('/ort/')).rejects.toThrow('offline');
    await expect(fresh.train({ steps: 1, sampleEvery: 1, beginning: '', seed: 0 }, silent)).rejects.toThrow(
      'no model yet',
    );
    expect(() => fresh.look({ text: 'a', off: [], at: 0 })).toThrow('Open a model first');
    expect(() => fresh.next({ at: 0, settings: {} })).toThrow('Open a model first');
    expect(() => fresh.inspectTrained()).toThrow('no model yet');
  });

  it('one text of one word again and again can be learned', async () => {
    await functions.begin({ ...SETTINGS, text: 'the '.repeat(300) });
    await expect(functions.train({ steps: 2, sampleEvery: 2, beginning: '', seed: 0 }, silent)).resolves.toBe(2);
  });
});
