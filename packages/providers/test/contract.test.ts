import { afterAll, describe, test } from 'vitest';
import { hashingEmbedder, scriptedGenerator } from '../src/index.ts';
import { openAICompatible, openAIEmbedder } from '../src/openai/index.ts';
import { embedderContract, textGeneratorContract } from '../src/testing/index.ts';
import { loopback, modelThatSays, sendJson } from './server.ts';

const chat = await loopback(modelThatSays('Hello there, how are you?'));
const words = hashingEmbedder({ dimensions: 32 });
const vectors = await loopback(async ({ body }, response) => {
  const found = (await words.embed(body['input'] as string[])).vectors;
  const data = found.map((vector, index) => ({ index, embedding: [...vector] }));
  sendJson(response, { data: data.reverse(), usage: { prompt_tokens: 7 } });
});
afterAll(async () => {
  await chat[Symbol.asyncDispose]();
  await vectors[Symbol.asyncDispose]();
});

describe('the scripted generator', () => {
  textGeneratorContract({ test, make: () => scriptedGenerator(() => 'Hello there, how are you?') });
});

describe('a server', () => {
  textGeneratorContract({ test, make: () => openAICompatible({ baseURL: chat.baseURL, model: 'm' }) });
});

describe('the hashing embedder', () => {
  embedderContract({ test, make: () => hashingEmbedder() });
});

describe('an embedding server', () => {
  embedderContract({ test, make: () => openAIEmbedder({ baseURL: vectors.baseURL, model: 'e', batchSize: 2 }) });
});
