import { expect, test } from 'vitest';
import { ProviderError, scriptedGenerator } from '../src/index.ts';
import type { GenerateOptions, Message } from '../src/index.ts';
import { openAICompatible, openAIEmbedder } from '../src/openai/index.ts';
import type { ServerOptions } from '../src/openai/index.ts';
import { HELLO, KEY, failure, open } from './client.ts';
import { loopback, modelThatSays, sendEvents, sendJson } from './server.ts';
import type { Loopback } from './server.ts';

test('a conversation becomes a chat request with every option under its name', async () => {
  await using server = await loopback(modelThatSays('Hi'));
  const parameters = { type: 'object', properties: { city: { type: 'string' } } };
  const options: GenerateOptions = {
    maxNewTokens: 9,
    temperature: 0,
    topP: 0.9,
    topK: 5,
    minP: 0.1,
    frequencyPenalty: 1,
    presencePenalty: -1,
    repetitionPenalty: 1.1,
    seed: 7,
    stop: ['\n'],
    logProbs: 2,
    schema: { type: 'object' },
    tools: [{ name: 'weather', parameters }],
    toolChoice: { name: 'weather' },
  };
  const call = { id: 'c1', name: 'weather', arguments: { city: 'Rome' } };
  const messages: Message[] = [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image', image: new Uint8Array([1, 2, 3]), mediaType: 'image/png' },
      ],
    },
    { role: 'assistant', content: '', toolCalls: [call] },
    { role: 'tool', toolCallId: 'c1', content: 'sunny' },
  ];
  await open(server, { server: 'vllm' }).generate(messages, options);
  const [{ path, headers, body }] = server.received as [Loopback['received'][0]];
  expect([path, headers.authorization]).toEqual(['/v1/chat/completions', `Bearer ${KEY}`]);
  expect(body).toEqual({
    model: 'm',
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } },
        ],
      },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
    ],
    max_tokens: 9,
    temperature: 0,
    top_p: 0.9,
    top_k: 5,
    min_p: 0.1,
    frequency_penalty: 1,
    presence_penalty: -1,
    repetition_penalty: 1.1,
    seed: 7,
    stop: ['\n'],
    logprobs: true,
    top_logprobs: 2,
    response_format: { type: 'json_schema', json_schema: { name: 'result', schema: { type: 'object' }, strict: true } },
    tools: [{ type: 'function', function: { name: 'weather', parameters } }],
    tool_choice: { type: 'function', function: { name: 'weather' } },
  });
});

test('a text is continued as it is, with log-probabilities in their form', async () => {
  const logprobs = { tokens: [' b'], token_logprobs: [-0.5], top_logprobs: [{ ' c': -1, ' b': -0.5 }] };
  await using server = await loopback((_, response) =>
    sendJson(response, { choices: [{ text: ' b', finish_reason: 'length', logprobs }] }),
  );
  const { text, finishReason, tokens, usage } = await open(server).generate('a', { maxNewTokens: 1, logProbs: 2 });
  expect([text, finishReason, usage]).toEqual([' b', 'length', { inputTokens: undefined, outputTokens: undefined }]);
  const alternatives = [
    { text: ' b', logProb: -0.5 },
    { text: ' c', logProb: -1 },
  ];
  expect(tokens).toEqual([{ text: ' b', logProb: -0.5, alternatives }]);
  expect(server.received[0]!.path).toBe('/v1/completions');
  expect(server.received[0]!.body).toEqual({ model: 'm', prompt: 'a', max_tokens: 1, logprobs: 2 });
});

test('a streamed tool call is put together, and its text never leaks', async () => {
  const delta = (fields: object, finish_reason: string | null = null) => ({
    choices: [{ delta: fields, finish_reason }],
  });
  const call = (fields: object) => delta({ tool_calls: [{ index: 0, ...fields }] });
  await using server = await loopback((_, response) =>
    sendEvents(response, [
      call({ id: 'x', function: { name: 'add', arguments: '' } }),
      call({ function: { arguments: '{"a":' } }),
      call({ function: { arguments: '1}' } }),
      delta({}, 'tool_calls'),
    ]),
  );
  const tools = [{ name: 'add', parameters: { type: 'object' } }];
  const stream = open(server).stream(HELLO, { tools });
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(piece);
  const { toolCalls, finishReason, text } = await stream.result();
  expect([pieces, text, finishReason]).toEqual([[], '', 'tool-calls']);
  expect(toolCalls).toEqual([{ id: 'x', name: 'add', arguments: { a: 1 } }]);
});

test('events and code points may be cut anywhere', async () => {
  const events = [
    'data: {"choices":[{"delta":{"content":"héllo 🙂"}}]}\r\n\r\n: ping\n\n',
    'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
  ];
  const bytes = Buffer.from(events.join(''));
  await using server = await loopback(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const byte of bytes) {
      response.write(Buffer.of(byte));
      if (byte > 127) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    response.end();
  });
  expect((await open(server).stream(HELLO).result()).text).toBe('héllo 🙂');
});

test('failures that may pass are tried again, as the server asks', async () => {
  await using server = await loopback((request, response, count) => {
    if (count === 0) return sendJson(response, { error: { message: 'busy' } }, 503, { 'retry-after-ms': '1' });
    if (count === 1) return sendJson(response, {}, 429, { 'retry-after': '0' });
    return modelThatSays('Hi')(request, response, count);
  });
  expect((await open(server).generate(HELLO)).text).toBe('Hi');
  expect(server.received).toHaveLength(3);
});

test('after the last try the failure is told, in one line, without the key', async () => {
  await using server = await loopback((_, response) =>
    sendJson(response, { error: { message: 'all\nslots busy' } }, 503, { 'retry-after-ms': '1' }),
  );
  const error = await failure(() => open(server, { maxRetries: 1 }).generate(HELLO));
  expect([error.code, server.received.length]).toEqual(['SERVER', 2]);
  expect(error.message).toBe(
    `generate: ${server.baseURL} refused the request for 'm'. Got status 503, 'all slots busy'; expected 200. ` +
      "Look at the server's log, or try again.",
  );
});

test.each<[number, Record<string, string>, string]>([
  [400, {}, 'REFUSED'],
  [401, {}, 'UNAUTHORIZED'],
  [403, {}, 'UNAUTHORIZED'],
  [404, {}, 'NOT_FOUND'],
  [429, { 'retry-after': '3600' }, 'RATE_LIMIT'],
])('status %d is %s at once', async (status, headers, code) => {
  await using server = await loopback((_, response) => sendJson(response, { error: 'no' }, status, headers));
  expect((await failure(() => open(server).generate(HELLO))).code).toBe(code);
  expect(server.received).toHaveLength(1);
});

test('a redirect is not followed, so that the key goes nowhere else', async () => {
  await using other = await loopback(modelThatSays('stolen'));
  await using server = await loopback((_, response) => {
    response.writeHead(307, { location: `${other.baseURL}/chat/completions` }).end();
  });
  expect((await failure(() => open(server, { maxRetries: 0 }).generate(HELLO))).code).toBe('CONNECTION');
  expect(other.received).toHaveLength(0);
});

test('a server that is not there, and one that falls silent', async () => {
  const gone = await loopback(() => {});
  await gone[Symbol.asyncDispose]();
  expect((await failure(() => open(gone, { maxRetries: 0 }).generate(HELLO))).code).toBe('CONNECTION');
  await using silent = await loopback(() => {});
  const options = { maxRetries: 0, timeout: 50 };
  expect((await failure(() => open(silent, options).generate(HELLO))).code).toBe('TIMEOUT');
  await using halting = await loopback((_, response) => {
    response.writeHead(200).write('data: {"choices":[{"delta":{"content":"a"}}]}\n\n');
  });
  expect((await failure(() => open(halting, options).stream(HELLO).result())).code).toBe('TIMEOUT');
});

test.each<[string, string | object[]]>([
  ['a stream that ends without a reason', [{ choices: [{ delta: { content: 'a' } }] }]],
  [
    'an error in the middle of a stream',
    [{ choices: [{ delta: { content: 'a' } }] }, { error: { message: 'out of memory' } }],
  ],
  ['an event that is no JSON', 'data: {nonsense\n\n'],
  ['a reason nobody knows', [{ choices: [{ delta: {}, finish_reason: 'whim' }] }]],
])('%s is no answer', async (_, events) => {
  await using server = await loopback((__, response) => {
    if (typeof events === 'string') response.writeHead(200).end(events);
    else sendEvents(response, events);
  });
  expect((await failure(() => open(server).stream(HELLO).result())).code).toBe('BAD_OUTPUT');
});

test.each<[string, string]>([
  ['no JSON', 'hello'],
  ['no choices', '{"choices":[]}'],
  [
    'arguments that are no JSON',
    '{"choices":[{"message":{"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{"}}]},"finish_reason":"tool_calls"}]}',
  ],
])('an answer with %s is refused', async (_, body) => {
  await using server = await loopback((__, response) => void response.writeHead(200).end(body));
  expect((await failure(() => open(server).generate(HELLO))).code).toBe('BAD_OUTPUT');
});

test('what a kind of server has no field for is refused before anything is sent', async () => {
  await using server = await loopback(modelThatSays('Hi'));
  const cases: [ServerOptions['server'], GenerateOptions][] = [
    ['openai', { topK: 3 }],
    ['ollama', { minP: 0.1 }],
    ['ollama', { tools: [{ name: 'f', parameters: {} }], toolChoice: 'required' }],
  ];
  for (const [kind, options] of cases) {
    const error = await failure(() => open(server, { server: kind }).generate(HELLO, options));
    expect(error.code).toBe('UNSUPPORTED');
  }
  expect((await failure(() => open(server).generate('a', { schema: {} }))).code).toBe('UNSUPPORTED');
  expect(server.received).toHaveLength(0);
});

test('an abort in the middle of a stream closes the connection', async () => {
  await using server = await loopback((_, response) => {
    response.writeHead(200).write('data: {"choices":[{"delta":{"content":"a"}}]}\n\n');
  });
  const controller = new AbortController();
  const reason = new Error('enough');
  const read = async (): Promise<void> => {
    for await (const piece of open(server).stream(HELLO, { signal: controller.signal })) {
      expect(piece).toBe('a');
      controller.abort(reason);
    }
  };
  await expect(read()).rejects.toBe(reason);
  await expect.poll(() => server.cut).toBe(1);
});

test('no more requests are in flight than allowed, and a stream left early gives its place back', async () => {
  let now = 0;
  let most = 0;
  await using server = await loopback(async (request, response, count) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now -= 1;
    await modelThatSays('Hi there')(request, response, count);
  });
  const model = open(server, { concurrency: 2 });
  const leave = async (): Promise<void> => {
    for await (const _ of model.stream(HELLO)) return;
  };
  await Promise.all([leave(), leave(), ...Array.from({ length: 6 }, () => model.generate(HELLO))]);
  expect([server.received.length, most]).toEqual([8, 2]);
});

test('a request that waits for its minute can be aborted', async () => {
  await using server = await loopback(modelThatSays('Hi'));
  const model = open(server, { requestsPerMinute: 1 });
  await model.generate(HELLO);
  await expect(model.generate(HELLO, { signal: AbortSignal.timeout(30) })).rejects.toThrow(/timeout/);
  expect(server.received).toHaveLength(1);
});

test('embeddings go out in batches with their prefix', async () => {
  await using server = await loopback(({ body }, response) => {
    const data = (body['input'] as string[]).map((text, index) => ({ index, embedding: [text.length, 0.5] }));
    sendJson(response, { data, usage: { prompt_tokens: 2 } });
  });
  const embedder = openAIEmbedder({ baseURL: server.baseURL, model: 'e', batchSize: 2, queryPrefix: 'query: ' });
  const { vectors, usage } = await embedder.embed(['a', 'bb', 'ccc'], { purpose: 'query' });
  expect(vectors).toEqual([8, 9, 10].map((length) => new Float32Array([length, 0.5])));
  expect([usage.inputTokens, embedder.dimensions, server.received.length]).toEqual([4, 2, 2]);
});

test.each<[string, object[]]>([
  ['too few', [{ index: 0, embedding: [1] }]],
  [
    'one twice',
    [
      { index: 0, embedding: [1] },
      { index: 0, embedding: [1] },
    ],
  ],
  [
    'an index of nowhere',
    [
      { index: 0, embedding: [1] },
      { index: 9, embedding: [1] },
    ],
  ],
  [
    'one that is not finite',
    [
      { index: 0, embedding: [1] },
      { index: 1, embedding: [null] },
    ],
  ],
  [
    'two lengths',
    [
      { index: 0, embedding: [1] },
      { index: 1, embedding: [1, 2] },
    ],
  ],
])('vectors that are %s are refused', async (_, data) => {
  await using server = await loopback((__, response) => sendJson(response, { data }));
  const embedder = openAIEmbedder({ baseURL: server.baseURL, model: 'e' });
  expect((await failure(() => embedder.embed(['a', 'b']))).code).toBe('BAD_OUTPUT');
});

test.each<[string, object]>([
  ['no model', { baseURL: 'http://h/v1', model: '' }],
  ['no address', { model: 'm' }],
  ['another protocol', { model: 'm', baseURL: 'file:///etc' }],
  ['a password in the address', { model: 'm', baseURL: 'http://user:password@h/v1' }],
  ['a misspelt option', { model: 'm', baseURL: 'http://h/v1', apikey: 'x' }],
  ['a kind nobody knows', { model: 'm', baseURL: 'http://h/v1', server: 'tgi' }],
  ['half a retry', { model: 'm', baseURL: 'http://h/v1', maxRetries: 0.5 }],
  ['no time', { model: 'm', baseURL: 'http://h/v1', timeout: 0 }],
  ['no requests', { model: 'm', baseURL: 'http://h/v1', requestsPerMinute: 0 }],
])('%s is refused', (_, options) => {
  const make = (): unknown => openAICompatible(options as ServerOptions);
  expect(make).toThrow(ProviderError);
  expect(make).not.toThrow(/password@/);
});

test('the fake and the client take the same messages', async () => {
  const model = scriptedGenerator(['Hi']);
  expect((await model.generate(HELLO)).text).toBe('Hi');
  expect(model.calls[0]!.prompt).toBe(HELLO);
});
