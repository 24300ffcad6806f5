import { checkOptionNames } from '../check-option-names.ts';
import { ProviderError } from '../errors.ts';

/** Servers whose additions to the protocol are known; `openai` for all others. */
export type ServerKind = 'openai' | 'vllm' | 'llama.cpp' | 'ollama';

/** How to reach a server. */
export interface ServerOptions {
  /** The name the server has for the model. */
  readonly model: string;
  /** The address up to and with the version, for example `http://127.0.0.1:11434/v1`. No other host is ever contacted. */
  readonly baseURL: string;
  /** Sent as a bearer token. It is read from nowhere but here. */
  readonly apiKey?: string | undefined;
  /** What the server takes beyond the common options. Default `openai`: nothing. */
  readonly server?: ServerKind | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Times a request is sent again after a failure that may pass. Default 2. */
  readonly maxRetries?: number | undefined;
  /** Milliseconds without a byte from the server after which a request has failed. Default 600,000. */
  readonly timeout?: number | undefined;
  /** Requests in flight at most; the others wait. Default: no limit. */
  readonly concurrency?: number | undefined;
  /** Requests begun per minute at most; the others wait. Default: no limit. */
  readonly requestsPerMinute?: number | undefined;
  /** Sends the requests. Default: the platform's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

/** {@link ServerOptions} with the defaults filled in. */
export interface Server {
  readonly model: string;
  readonly baseURL: string;
  readonly kind: ServerKind;
  readonly headers: Readonly<Record<string, string>>;
  /** What no message may show. */
  readonly secrets: readonly string[];
  readonly maxRetries: number;
  readonly timeout: number;
  readonly concurrency: number;
  readonly requestsPerMinute: number;
  readonly fetch: typeof fetch;
}

const KINDS: readonly ServerKind[] = ['openai', 'vllm', 'llama.cpp', 'ollama'];
const NAMES: readonly string[] = [
  'model',
  'baseURL',
  'apiKey',
  'server',
  'headers',
  'maxRetries',
  'timeout',
  'concurrency',
  'requestsPerMinute',
  'fetch',
];

/**
 * Checks the options and fills in the defaults.
 * @param own - Names of options the caller takes beside those of a server.
 */
export function resolveServer(op: string, options: ServerOptions, own: readonly string[] = []): Server {
  if (typeof options !== 'object' || options === null) {
    throw refused(op, 'there are no options', String(options), '{ model, baseURL }');
  }
  checkOptionNames(op, options, [...NAMES, ...own]);
  const { model, baseURL, server = 'openai', maxRetries = 2, timeout = 600_000 } = options;
  const { concurrency = Infinity, requestsPerMinute = Infinity } = options;
  if (typeof model !== 'string' || model === '') throw refused(op, 'there is no model', String(model), 'its name');
  if (!KINDS.includes(server)) throw refused(op, 'no such server', `'${server}'`, `one of ${KINDS.join(', ')}`);
  atLeast(op, 'maxRetries', maxRetries, 0);
  atLeast(op, 'timeout', timeout, 1);
  atLeast(op, 'concurrency', concurrency, 1);
  atLeast(op, 'requestsPerMinute', requestsPerMinute, 1);
  return {
    model,
    baseURL: checkURL(op, baseURL),
    kind: server,
    ...checkHeaders(op, options),
    maxRetries,
    timeout,
    concurrency,
    requestsPerMinute,
    fetch: options.fetch ?? globalThis.fetch,
  };
}

/** A header of this length may be a key, under whatever name. */
const SECRET = 8;

/** The headers, none of which may be shown: what `fetch` says of a bad one has its value in it. */
function checkHeaders(op: string, { apiKey, headers = {} }: ServerOptions): Pick<Server, 'headers' | 'secrets'> {
  if (apiKey !== undefined) checkHeader(op, 'apiKey', 'authorization', apiKey);
  for (const [name, value] of Object.entries(headers)) checkHeader(op, `headers['${name}']`, name, value);
  const authorization = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const secrets = [apiKey ?? '', ...Object.values(headers).filter(({ length }) => length >= SECRET)];
  return {
    headers: { 'content-type': 'application/json', ...authorization, ...headers },
    secrets: secrets.map((secret) => secret.trim()).filter((secret) => secret !== ''),
  };
}

function checkHeader(op: string, option: string, name: string, value: unknown): void {
  try {
    if (typeof value === 'string' && new Headers({ [name]: value }).has(name)) return;
  } catch {
    // Its words hold the value.
  }
  const got = typeof value === 'string' ? 'a line break or a sign outside Latin-1 (not shown)' : typeof value;
  throw refused(op, `${option} cannot be sent`, got, 'a text that a header can hold');
}

function checkURL(op: string, baseURL: string): string {
  const url = URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  const web = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url !== undefined && web && url.username === '' && url.password === '' && url.search === '' && url.hash === '') {
    return url.href.replace(/\/$/, '');
  }
  const shown = url === undefined ? String(baseURL) : `${url.protocol}//${url.host}${url.pathname}…`;
  throw refused(
    op,
    'baseURL is no address of a server',
    `'${shown}'`,
    "'http://host:port/v1' without user, query or hash",
  );
}

function atLeast(op: string, name: string, value: number, least: number): void {
  if (value >= least && (Number.isSafeInteger(value) || value === Infinity)) return;
  throw refused(op, `${name} is out of range`, String(value), `a whole number of at least ${least}`);
}

function refused(op: string, what: string, got: string, expected: string): ProviderError {
  return new ProviderError('ARGUMENT', `${op}: ${what}. Got ${got}; expected ${expected}.`, { op });
}
