import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ArgumentError, checkOptionNames } from '@gai/core/errors';
import type { Env } from '../env.ts';
import { argumentError, show } from '../errors.ts';
import { make } from '../registry.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import { maxEpisodeStepsOf } from '../wrappers/time-limit.ts';
import { checkAccess, checkCaller, hostNames } from './access.ts';
import { Refusal } from './refusal.ts';
import { Sessions } from './sessions.ts';
import { spaceToJson } from './space-json.ts';
import type { Json } from './space-json.ts';

/** Settings of {@link serveEnv}. */
export interface ServeEnvOptions {
  /** Default 0: any that is free. */
  readonly port?: number | undefined;
  /** Which of the machine's addresses to listen at. Any but its own needs a `token`. Default `'127.0.0.1'`. */
  readonly host?: string | undefined;
  /** What clients must send as `Authorization: Bearer …`. Default: nothing. */
  readonly token?: string | undefined;
  /** Names by which clients may call it, without port. Default: `host`, `localhost`, `127.0.0.1` and `[::1]`. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Envs at a time. Default 64. */
  readonly maxSessions?: number | undefined;
  /** Seconds after which a silent session ends. Default 600. */
  readonly sessionTimeout?: number | undefined;
  /** Bytes of a request. Default 2²⁰. */
  readonly maxBodyBytes?: number | undefined;
}

/** An env that is being served. */
export interface EnvServer {
  /** Such as `http://127.0.0.1:8765`. */
  readonly url: string;
  readonly port: number;
  /** Clients that are there. */
  readonly sessions: number;
  /** Ends all sessions, and listens no more. */
  close(): Promise<void>;
}

const NAMES = ['port', 'host', 'token', 'allowedHosts', 'maxSessions', 'sessionTimeout', 'maxBodyBytes'];
/** Seconds that a timer of Node can wait: 2³¹ milliseconds. */
const LONGEST = 2_147_483;

/**
 * Serves an env over HTTP, so that Gymnasium's side can train on it: every client gets an env of its own. `src/serve/gai_env.py` of
 * this package is a `gymnasium.Env` that calls it; the protocol is on the page "Envs over HTTP".
 *
 * Only programs that reach `host` can call it, under a name it knows (a page in a browser cannot, whatever name it was loaded
 * under). Sizes, sessions, their silence and connections (two per session and 16) are bounded.
 *
 * @param env - An id of the registry, or what makes an env.
 * @param options - Default {@link ServeEnvOptions}' own.
 * @throws ArgumentError for an unknown option or id, one out of range, or a foreign host without a token.
 * @throws Error of Node if the port is taken.
 * @example
 * import { serveEnv } from '@gai/rl/node';
 * const server = await serveEnv('CartPole-v1');
 * const spaces = await (await fetch(`${server.url}/v1`)).json();
 * spaces.actionSpace; // => { kind: 'Discrete', n: 2, start: 0 }
 * await server.close();
 * @category Environments
 * @since 0.1.0
 */
export async function serveEnv(env: string | (() => Env), options: ServeEnvOptions = {}): Promise<EnvServer> {
  checkOptionNames('serveEnv', options, NAMES);
  const {
    port = 0,
    host = '127.0.0.1',
    token,
    maxSessions = 64,
    sessionTimeout = 600,
    maxBodyBytes = 2 ** 20,
  } = options;
  checkCount('serveEnv', 'port', port, 0);
  for (const [name, value] of Object.entries({ maxSessions, sessionTimeout, maxBodyBytes }))
    checkCount('serveEnv', name, value);
  checkMost('port', port, 65_535);
  checkMost('sessionTimeout', sessionTimeout, LONGEST);
  checkAccess(host, token);
  const hosts = hostNames(host, options.allowedHosts);
  const maker = typeof env === 'string' ? () => make(env) : env;
  if (typeof maker !== 'function') {
    throw argumentError(
      'serveEnv',
      `this makes no envs. Got ${show(env)}; expected an id or a function. Pass () => new MyEnv().`,
    );
  }
  const sessions = new Sessions(maker, { maxSessions, timeout: sessionTimeout * 1000 });
  const description = describe(env, maker);
  const server = createServer((request, response) => {
    const answering = async (): Promise<Json> => {
      checkCaller(request, { hosts, token });
      return answer(request, { sessions, description, body: await bodyOf(request, maxBodyBytes) });
    };
    void answering().then(
      (json) => send(response, 200, json),
      (error: unknown) => send(response, statusOf(error), { error: messageOf(error) }),
    );
  });
  // A learner is silent while it updates: its connection lives as long as its session.
  server.keepAliveTimeout = sessionTimeout * 1000;
  // One for each session, and some for those who ask, open another or are refused; what is beyond waits in vain.
  server.maxConnections = 2 * maxSessions + 16;
  await listen(server, port, host);
  const sweeper = setInterval(() => sessions.sweep(), Math.min(sessionTimeout * 500, 30_000));
  sweeper.unref();
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    get sessions() {
      return sessions.count;
    },
    close: async () => {
      clearInterval(sweeper);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      sessions.closeAll();
    },
  };
}

function checkMost(name: string, value: number, most: number): void {
  if (value <= most) return;
  throw argumentError(
    'serveEnv',
    `${name} is not usable. Got ${name} ${value}; expected at most ${most}. Pass such a ${name}.`,
  );
}

/** What a client needs to know before it begins. */
function describe(given: string | (() => Env), maker: () => Env): Json {
  const env = maker();
  try {
    return {
      protocol: 'gai-env/1',
      id: typeof given === 'string' ? given : null,
      observationSpace: spaceToJson(env.observationSpace),
      actionSpace: spaceToJson(env.actionSpace),
      maxEpisodeSteps: maxEpisodeStepsOf(env) ?? null,
    };
  } finally {
    env.close?.();
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function bodyOf(request: IncomingMessage, most: number): Promise<Readonly<Record<string, unknown>>> {
  if (request.method !== 'POST') return {};
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new Refusal(415, 'send application/json.');
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > most) throw new Refusal(413, `the request is longer than ${most} bytes.`);
    parts.push(part);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(parts).toString('utf8') || '{}');
  } catch {
    throw new Refusal(400, 'the request is no JSON.');
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new Refusal(400, 'the request is no JSON object.');
}

interface Asked {
  readonly sessions: Sessions;
  readonly description: Json;
  readonly body: Readonly<Record<string, unknown>>;
}

function answer({ method, url = '' }: IncomingMessage, { sessions, description, body }: Asked): Json {
  if (url === '/v1') return only('GET', method, () => description);
  if (url === '/v1/sessions') return only('POST', method, () => sessions.open());
  const [, id, call] = /^\/v1\/sessions\/([0-9a-f-]{36})\/(reset|step|close)$/.exec(url) ?? [];
  if (id === undefined) throw new Refusal(404, 'there is nothing here. The protocol begins with GET /v1.');
  return only('POST', method, () => {
    if (call === 'reset') return sessions.reset(id, body);
    return call === 'step' ? sessions.step(id, body) : sessions.close(id);
  });
}

function only(expected: string, method: string | undefined, go: () => Json): Json {
  if (method !== expected) throw new Refusal(405, `this takes ${expected}.`);
  return go();
}

function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.status;
  return error instanceof ArgumentError ? 400 : 500;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function send(response: ServerResponse, status: number, json: Json): void {
  const body = JSON.stringify(json);
  // What is left of a request that was refused is not read, and who may not call keeps no connection.
  const close = [401, 403, 413].includes(status) ? { connection: 'close' } : {};
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...close,
  });
  response.end(body);
}
