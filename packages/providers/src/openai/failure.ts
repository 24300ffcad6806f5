import { ProviderError } from '../errors.ts';
import type { ProviderErrorCode } from '../errors.ts';
import type { Server } from './options.ts';

/** Characters of a server's own words that go into a message. */
export const SHOWN = 300;
/** Characters in which a secret is looked for: one that is cut off is found no more. */
const LOOKED_AT = 2 ** 16;

const KINDS: Readonly<Record<number, readonly [ProviderErrorCode, string]>> = {
  401: ['UNAUTHORIZED', 'Pass the right apiKey.'],
  403: ['UNAUTHORIZED', 'Use a key that may do this.'],
  404: ['NOT_FOUND', 'Check model and baseURL; a model made for chat takes messages, not a text.'],
  408: ['TIMEOUT', 'Try again, or raise timeout.'],
  429: ['RATE_LIMIT', 'Set requestsPerMinute or concurrency, or raise maxRetries.'],
};

/** The error of an answer with a status that means failure. */
export function statusError(op: string, server: Server, status: number, body: string): ProviderError {
  const other: readonly [ProviderErrorCode, string] =
    status >= 500 ? ['SERVER', "Look at the server's log, or try again."] : ['REFUSED', 'Change what it names.'];
  const [code, remedy] = KINDS[status] ?? other;
  const said = oneLine(server, messageIn(body));
  return new ProviderError(
    code,
    `${op}: ${server.baseURL} refused the request for '${server.model}'. Got status ${status}${said === '' ? '' : `, '${said}'`}; ` +
      `expected 200. ${remedy}`,
    { op, details: { status, model: server.model, body: conceal(server, body).slice(0, 10_000) } },
  );
}

/** The error of a connection that could not be made or broke. */
export function connectionError(op: string, server: Server, cause: unknown): ProviderError {
  const reason =
    cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause);
  return new ProviderError(
    'CONNECTION',
    `${op}: ${server.baseURL} cannot be reached. Got '${oneLine(server, reason)}'; expected an answer. Start the server, or check baseURL.`,
    { op, cause },
  );
}

/** The error of a server that fell silent. */
export function timeoutError(op: string, server: Server): ProviderError {
  return new ProviderError(
    'TIMEOUT',
    `${op}: ${server.baseURL} fell silent. Got nothing for ${server.timeout} ms; expected an answer. Raise timeout, or ask for ` +
      'fewer tokens.',
    { op, details: { timeout: server.timeout } },
  );
}

/** The error of an answer that is not what the protocol says. */
export function protocolError(op: string, server: Server, got: string, expected: string): ProviderError {
  return new ProviderError(
    'BAD_OUTPUT',
    `${op}: the answer of ${server.baseURL} is not what the protocol says. Got ${oneLine(server, got)}; expected ${expected}.`,
    { op, details: { model: server.model } },
  );
}

/** What the server says in the usual place, or all it said. */
export function messageIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } | string };
    if (typeof error === 'string') return error;
    return typeof error?.message === 'string' ? error.message : body;
  } catch {
    return body;
  }
}

/** The beginning of what a server said, in quotes. */
export const excerpt = (server: Server, text: string, most: number): string =>
  `'${conceal(server, text.slice(0, LOOKED_AT)).slice(0, most)}'`;

/** A value of an answer in a message, which is cut where it is put there. */
export function shorten(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? 'nothing').slice(0, LOOKED_AT);
  } catch {
    return 'lists in lists too deep to be shown'; // JSON is parsed to any depth, and written to some
  }
}

const oneLine = (server: Server, text: string): string =>
  conceal(server, text).replaceAll(/\s+/g, ' ').trim().slice(0, SHOWN);

/** A server may repeat the key it was sent. */
const conceal = ({ secrets }: Server, text: string): string =>
  secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
