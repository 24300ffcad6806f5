import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request a {@link loopback} server got. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

/** A server on this machine for one test. */
export interface Loopback extends AsyncDisposable {
  readonly baseURL: string;
  readonly received: Received[];
  /** Connections that the client closed before the answer was whole. */
  readonly cut: number;
}

export type Handler = (request: Received, response: ServerResponse, count: number) => void | Promise<void>;

/** Starts a server whose every answer the handler writes; `count` is how many came before. */
export async function loopback(handle: Handler): Promise<Loopback> {
  const received: Received[] = [];
  let cut = 0;
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    response.on('close', () => (cut += response.writableFinished ? 0 : 1));
    received.push({ path: request.url ?? '', headers: request.headers, body });
    await handle(received.at(-1)!, response, received.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    received,
    get cut() {
      return cut;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** Answers with events, the last of them `[DONE]`. */
export function sendEvents(response: ServerResponse, events: readonly unknown[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of [...events.map((value) => JSON.stringify(value)), '[DONE]']) response.write(`data: ${event}\n\n`);
  response.end();
}

/** A model that always says the same, as a server would serve it. */
export function modelThatSays(text: string): Handler {
  const words = text.match(/\s*\S+/g) ?? [];
  return ({ body }, response) => {
    const most = Number(body['max_completion_tokens'] ?? body['max_tokens'] ?? Infinity);
    const said = words.slice(0, most);
    const finish_reason = said.length < words.length ? 'length' : 'stop';
    const usage = { prompt_tokens: 3, completion_tokens: said.length };
    if (body['stream'] !== true) {
      sendJson(response, {
        choices: [{ message: { role: 'assistant', content: said.join('') }, finish_reason }],
        usage,
      });
      return;
    }
    const pieces = said.map((content) => ({ choices: [{ delta: { content }, finish_reason: null }] }));
    sendEvents(response, [...pieces, { choices: [{ delta: {}, finish_reason }] }, { choices: [], usage }]);
  };
}
