import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { argumentError, show } from '../errors.ts';
import { Refusal } from './refusal.ts';

/** Addresses that no other machine reaches. */
const OWN_MACHINE = ['127.0.0.1', 'localhost', '::1'];

/** The names by which clients may call, as `Host` is compared. */
export function hostNames(host: string, given: readonly string[] | undefined): readonly string[] {
  const names: unknown = given ?? [host, 'localhost', '127.0.0.1', '[::1]'];
  // A text would let in every part of itself, the empty one included.
  if (Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '')) {
    return (names as string[]).map((name) => name.toLowerCase());
  }
  throw argumentError(
    'serveEnv',
    `allowedHosts are no names. Got ${show(given)}; expected a list of them, without ports. Pass ['example.org'].`,
  );
}

/** Throws where other machines could call without a token worth the name. */
export function checkAccess(host: string, token: string | undefined): void {
  if (token !== undefined && (typeof token !== 'string' || token.length < 16)) {
    throw argumentError(
      'serveEnv',
      `the token is too short. Got ${show(typeof token === 'string' ? `${token.length} characters` : token)}; expected 16 or more. Draw one: crypto.randomUUID().`,
    );
  }
  if (OWN_MACHINE.includes(host) || token !== undefined) return;
  throw argumentError(
    'serveEnv',
    `other machines could call this without a token. Got host ${show(host)}; expected ${OWN_MACHINE.join(', ')}, or a token. Pass token.`,
  );
}

/** A page that was loaded under another name must not reach this through the reader's browser. */
export function checkCaller(
  request: IncomingMessage,
  { hosts, token }: { hosts: readonly string[]; token: string | undefined },
): void {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (!hosts.includes(name))
    throw new Refusal(403, `this server is not called ${JSON.stringify(name)}. Add the name to allowedHosts.`);
  if (request.headers.origin !== undefined) throw new Refusal(403, 'pages cannot call this server.');
  if (token === undefined) return;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const sent = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!timingSafeEqual(digest(sent), digest(token))) throw new Refusal(401, 'the token is missing or another one.');
}
