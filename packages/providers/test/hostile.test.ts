import { expect, test } from 'vitest';
import { openAICompatible, openAIEmbedder } from '../src/openai/index.ts';
import { HELLO, KEY, failure, open } from './client.ts';
import { loopback, sendEvents, sendJson } from './server.ts';

test('a key that a server repeats is not shown in part either, wherever the message ends', async () => {
  let padding = 0;
  const said = (): string => 'x'.repeat(padding) + KEY;
  await using server = await loopback((_, response) => void response.end(said()));
  await using events = await loopback((_, response) => void response.end(`data: ${said()}\n\n`));
  for (padding = 85; padding < 101; padding += 1) {
    for (const run of [() => open(server).generate('x'), () => open(events).stream(HELLO).result()]) {
      const { message } = await failure(run);
      expect(message).toContain('x'.repeat(85));
      expect(message).not.toContain('sk-');
    }
  }
});

test('what a server says moves no cursor', async () => {
  await using server = await loopback((_, response) =>
    sendJson(response, { error: { message: 'no\u001b[2J\u009b\u202e' } }, 400),
  );
  const { message } = await failure(() => open(server).generate('x'));
  expect(message).toContain(String.raw`'no\u001b[2J\u009b\u202e'`);
});

test('what a server says about a failure is read to a bound, and may be without end', async () => {
  let sent = 0;
  await using server = await loopback((_, response) => {
    response.writeHead(400);
    const write = (): void => {
      while (!response.destroyed && sent < 1_000) {
        sent += 1;
        if (!response.write('a'.repeat(2 ** 20))) return void response.once('drain', write);
      }
    };
    write();
  });
  const { code, details } = await failure(() => open(server).generate('x'));
  expect([code, String(details['body']).length]).toEqual(['REFUSED', 10_000]);
  expect(sent).toBeLessThan(100);
});

test('neither options nor a server that repeats it bring a key into a message', async () => {
  await using server = await loopback(({ headers }, response, count) => {
    const said = { error: { message: `no such key: ${headers.authorization ?? ''} ${String(headers['x-key'])}` } };
    if (count === 0) return sendJson(response, said, 401);
    return sendEvents(response, [said]);
  });
  const other = 'another-secret';
  const model = open(server, { headers: { 'x-key': other } });
  const shown = [
    await failure(() => model.generate('x')),
    await failure(() => model.stream('x').result()),
    await failure(async () => open(server, { apiKey: `${KEY}\nX: y` })),
    await failure(async () => open(server, { apiKey: null as never })),
    await failure(async () => open(server, { headers: { 'x-key': `${other}…` } })),
    await failure(async () => open(server, { baseURL: `http://:${KEY}@localhost/v1` })),
  ];
  expect(shown.map(({ code }) => code)).toEqual([
    'UNAUTHORIZED',
    'BAD_OUTPUT',
    'ARGUMENT',
    'ARGUMENT',
    'ARGUMENT',
    'ARGUMENT',
  ]);
  expect(shown[0]!.message).toContain('Bearer *** ***');
  for (const { message, details } of shown) expect(`${message}${JSON.stringify(details)}`).not.toContain(other);
});

test('a timeout longer than any timer is none', async () => {
  await using server = await loopback(async (_, response) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    sendJson(response, { choices: [{ text: 'a', finish_reason: 'stop' }] });
  });
  for (const timeout of [Infinity, 3e9]) {
    expect((await open(server, { timeout, maxRetries: 0 }).generate('x')).text).toBe('a');
  }
});

test('hostile answers are refused with one kind of error', async () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const answers = [
    `{"choices":${deep}}`,
    `{"choices":[{"text":"a","finish_reason":${deep}}]}`,
    ...['"__proto__"', '"slice"', '"length"', '-1', '1.5', '4294967294'].map(
      (index) => `{"data":[{"index":${index},"embedding":[1]}]}`,
    ),
    '{"data":[{"index":0,"embedding":[1e300]}]}',
  ];
  await using server = await loopback((_, response, count) => void response.end(answers[count]));
  const embedder = openAIEmbedder({ baseURL: server.baseURL, model: 'm' });
  for (const answer of answers) {
    const ask = async (): Promise<unknown> =>
      answer.startsWith('{"data"') ? embedder.embed(['a']) : open(server).generate('x');
    expect((await failure(ask)).code, answer.slice(0, 60)).toBe('BAD_OUTPUT');
  }
});

test('an event with very many tokens is read, and what is no log-probability is not certainty', async () => {
  const tokens = Array.from({ length: 200_000 }, () => 'a');
  const event = { choices: [{ text: 'a', logprobs: { tokens, token_logprobs: [null] }, finish_reason: 'stop' }] };
  await using server = await loopback((_, response) => sendEvents(response, [event]));
  const generation = await open(server).stream('x').result();
  expect([generation.tokens!.length, generation.tokens![0]!.logProb]).toEqual([200_000, NaN]);
});

test('arguments that are none are refused before anything is sent', async () => {
  await using server = await loopback(() => undefined);
  const call = { id: 'a', name: 'f', arguments: { big: 1n } };
  const wrong: (() => Promise<unknown>)[] = [
    async () => openAICompatible(null as never),
    () => open(server).generate('x', null as never),
    () => open(server).generate('x', { signal: 5 as never }),
    () => open(server).generate([...HELLO, { role: 'assistant', content: '', toolCalls: [call] }]),
    () => openAIEmbedder({ baseURL: server.baseURL, model: 'm' }).embed('text' as never),
    () => openAIEmbedder({ baseURL: server.baseURL, model: 'm' }).embed([5 as never]),
  ];
  for (const ask of wrong) expect((await failure(ask)).code).toBe('ARGUMENT');
  expect(server.received).toEqual([]);
});
