import { describe, expect, it } from 'vitest';
import { Tokenizer, tokenizerFromFolder, tokenizerFromGGUF } from '../src/index.ts';

const words = { type: 'WordLevel', vocab: { '<unk>': 0, a: 1, b: 2, '<pad>': 3 }, unk_token: '<unk>' };
const json = { model: words, pre_tokenizer: { type: 'Whitespace' } };

/** The tokenizer of a folder with these files. */
const read = (files: Readonly<Record<string, unknown>>): Promise<Tokenizer> =>
  tokenizerFromFolder(async (name) => {
    const file = files[name];
    if (file === undefined) return undefined;
    return new TextEncoder().encode(typeof file === 'string' ? file : JSON.stringify(file));
  });

const padded = (tokenizer: Tokenizer): (readonly number[])[] =>
  tokenizer.encodeBatch(['a b', 'b'], { padding: true, addSpecialTokens: false }).map(({ ids }) => ids);

describe('padding: true fills up to the longest with the token that is named', () => {
  it.each<[string, Readonly<Record<string, unknown>>, number[]]>([
    ['by tokenizer_config.json', { 'tokenizer_config.json': { pad_token: '<pad>' } }, [2, 3]],
    ['as an object', { 'tokenizer_config.json': { pad_token: { content: '<pad>', lstrip: false } } }, [2, 3]],
    ['on the left', { 'tokenizer_config.json': { pad_token: '<pad>', padding_side: 'left' } }, [3, 2]],
    ['by special_tokens_map.json', { 'special_tokens_map.json': { pad_token: '<pad>' } }, [2, 3]],
  ])('%s', async (_, files, second) => {
    const tokenizer = await read({ 'tokenizer.json': json, ...files });
    expect(padded(tokenizer)).toEqual([[1, 2], second]);
    expect(tokenizer.encodeBatch(['a b', 'b']).map(({ length }) => length)).toEqual([2, 1]);
  });

  it('by tokenizer.json itself, before the others', async () => {
    const padding = { strategy: { Fixed: 3 }, pad_token: 'a', pad_id: 1 };
    const files = { 'tokenizer.json': { ...json, padding }, 'tokenizer_config.json': { pad_token: '<pad>' } };
    expect(padded(await read(files))).toEqual([
      [1, 2, 1],
      [2, 1, 1],
    ]);
  });

  it('by a family, and by the header of a GGUF', async () => {
    const bert = await read({ 'vocab.txt': '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb' });
    expect(padded(bert)).toEqual([
      [5, 6],
      [6, 0],
    ]);
    const gguf = tokenizerFromGGUF({
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.tokens': ['<|pad|>', 'a', 'b', 'Ġb', 'Ġ'],
      'tokenizer.ggml.token_type': [3, 1, 1, 1, 1],
      'tokenizer.ggml.merges': ['Ġ b'],
      'tokenizer.ggml.padding_token_id': 0,
    });
    expect(padded(gguf)).toEqual([
      [1, 3],
      [2, 0],
    ]);
  });

  it('and is refused where none is', async () => {
    expect(() => padded(Tokenizer.fromJSON(json))).toThrow('there is no padding token. Got no pad_token in the files');
    const strange = await read({ 'tokenizer.json': json, 'tokenizer_config.json': { pad_token: '<none>' } });
    expect(() => padded(strange)).toThrow('Got pad_token "<none>", which has no id, in the files');
  });
});
