import { describe, expect, test } from 'vitest';
import { GPT2LMHeadModel } from '../families/gpt2/index.ts';
import { T5ForConditionalGeneration } from '../families/t5/index.ts';
import { readGenerationConfig } from './read-generation-config.ts';
import { resolveOptions } from './resolve-options.ts';

/** A model as if it had been read from a folder. */
function modelWith(generationConfig: object | string | undefined, configJson: object = {}): GPT2LMHeadModel {
  const model = new GPT2LMHeadModel({ vocabSize: 9, nPositions: 8, nEmbd: 4, nLayer: 1, nHead: 1 });
  const text = typeof generationConfig === 'object' ? JSON.stringify(generationConfig) : generationConfig;
  model.origin = {
    folder: 'model',
    configJson: { ...configJson },
    generationConfig: text,
    dtypes: new Map(),
    unused: [],
    initialised: [],
  };
  return model;
}

test('what Llama 3 and Whisper say', () => {
  const llama = {
    bos_token_id: 128000,
    do_sample: true,
    eos_token_id: [128001, 128008, 128009],
    temperature: 0.6,
    top_p: 0.9,
    transformers_version: '4.42.3',
  };
  expect(readGenerationConfig(llama).settings).toEqual({
    bosTokenId: 128000,
    doSample: true,
    eosTokenId: [128001, 128008, 128009],
    temperature: 0.6,
    topP: 0.9,
  });
  const { settings, refused } = readGenerationConfig({
    begin_suppress_tokens: [220, 50257],
    num_beams: 1,
    use_cache: true,
    guidance_scale: null,
  });
  expect(settings).toEqual({ beginSuppressTokens: [220, 50257], numBeams: 1 });
  expect(refused.size).toBe(0);
});

describe('which settings hold', () => {
  test('those of the call before those of the file', () => {
    const model = modelWith({ do_sample: true, temperature: 0.6, eos_token_id: [1, 2], max_length: 5 });
    expect(resolveOptions(model, {})).toMatchObject({
      doSample: true,
      temperature: 0.6,
      eosTokenId: [1, 2],
      maxLength: 5,
    });
    expect(resolveOptions(model, { temperature: 0 })).toMatchObject({ doSample: false });
    expect(resolveOptions(model, { doSample: false })).toMatchObject({ doSample: false, eosTokenId: [1, 2] });
    expect(resolveOptions(model, { eosTokenId: null, topK: 3 })).toMatchObject({
      doSample: true,
      eosTokenId: null,
      topK: 3,
    });
    expect(resolveOptions(model, { generationConfig: {} }).eosTokenId).toBeUndefined();
  });

  test('a temperature of 0 in the file says not to draw, which the call may say otherwise', () => {
    const model = modelWith({ do_sample: true, temperature: 0, top_k: 4 });
    expect(resolveOptions(model, {}).doSample).toBe(false);
    const drawn = { doSample: true, temperature: 1, topK: 4 };
    expect(resolveOptions(model, { topP: 0.9 })).toMatchObject({ ...drawn, topP: 0.9 });
    expect(resolveOptions(model, { doSample: true })).toMatchObject(drawn);
    expect(resolveOptions(model, { temperature: 0.5 })).toMatchObject({ ...drawn, temperature: 0.5 });
    expect(resolveOptions(model, { temperature: 0 }).doSample).toBe(false);
  });

  test('a sampling setting of the call draws, one of the file alone does not', () => {
    expect(resolveOptions(modelWith({ temperature: 0.6 }), {}).doSample).toBe(false);
    expect(resolveOptions(modelWith({}), { topP: 0.6 }).doSample).toBe(true);
    expect(resolveOptions(modelWith({}), { seed: 1 }).doSample).toBe(false);
  });

  test('maxLength of the call goes before maxNewTokens of the file', () => {
    const model = modelWith({ max_new_tokens: 7 });
    expect(resolveOptions(model, { maxLength: 4 })).toMatchObject({ maxLength: 4, maxNewTokens: undefined });
    expect(resolveOptions(model, {})).toMatchObject({ maxNewTokens: 7 });
  });

  test('old folders say it in config.json', () => {
    const config = { n_embd: 4, eos_token_id: 3, no_repeat_ngram_size: 2, summary_type: 'cls_index' };
    expect(resolveOptions(modelWith(undefined, config), {})).toMatchObject({ eosTokenId: 3, noRepeatNgramSize: 2 });
    expect(resolveOptions(modelWith({}, config), {}).eosTokenId).toBeUndefined();
  });
});

test('-1 is no token, and a configuration of the call leaves the fields of the model', () => {
  const none = { pad_token_id: -1, bos_token_id: -1, decoder_start_token_id: -1, eos_token_id: -1 };
  const { settings, refused } = readGenerationConfig(none);
  expect(settings).toEqual({ padTokenId: null, bosTokenId: null, decoderStartTokenId: null, eosTokenId: null });
  expect(refused.size).toBe(0);
  const sizes = { vocabSize: 9, dModel: 4, dKv: 2, dFf: 4, numLayers: 1, numHeads: 1, eosTokenId: 8 };
  const model = new T5ForConditionalGeneration(sizes);
  expect(resolveOptions(model, { generationConfig: {} }).eosTokenId).toBe(8);
  expect(resolveOptions(model, { generationConfig: { eos_token_id: 7 } }).eosTokenId).toBe(7);
});

describe('what cannot be honoured throws, unless the call says otherwise', () => {
  test.each([
    [{ num_beams: 5000 }, { numBeams: 1 }, /num_beams: 5000; expected a whole number from 1 to 1024/],
    [
      { early_stopping: 'soon' },
      { numBeams: 2, earlyStopping: true },
      /early_stopping: "soon"; expected true, false or 'never'/,
    ],
    [{ temperature: 'hot' }, { temperature: 1 }, /temperature: "hot"; expected a number of at least 0/],
  ])('%o', (json, call, message) => {
    expect(() => resolveOptions(modelWith(json), {})).toThrow(message);
    expect(() => resolveOptions(modelWith(json), call)).not.toThrow();
  });

  test.each([
    [{ penalty_alpha: 0.6 }, /penalty_alpha: 0.6; expected 0/],
    [{ guidance_scale: 1.5 }, /guidance_scale: 1.5; expected 1/],
    [{ top_h: 0.4 }, /top_h: 0.4; expected fields whose effect is known/],
    [{ temprature: 0.4 }, /temprature: 0.4; expected fields whose effect is known/],
    ['{', /generation_config.json cannot be read/],
    ['[1]', /Got \[1\]; expected an object/],
  ])('%o', (json, message) => {
    expect(() => resolveOptions(modelWith(json), {})).toThrow(message);
    expect(() => resolveOptions(modelWith(json), { generationConfig: {} })).not.toThrow();
  });
});
