import { expect } from 'vitest';
import type { Message, TextGenerator } from '../src/index.ts';
import { ProviderError } from '../src/index.ts';
import { openAICompatible } from '../src/openai/index.ts';
import type { ServerOptions } from '../src/openai/index.ts';
import type { Loopback } from './server.ts';

export const HELLO: readonly Message[] = [{ role: 'user', content: 'Hello' }];
export const KEY = 'sk-secret';

/** A model of a server for tests. */
export const open = ({ baseURL }: Loopback, options: Partial<ServerOptions> = {}): TextGenerator =>
  openAICompatible({ baseURL, model: 'm', apiKey: KEY, ...options });

/** The error of a call that must fail; the key is never in it. */
export async function failure(run: () => Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await run().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(ProviderError.isInstance(error), String(error)).toBe(true);
  const failed = error as ProviderError;
  expect(`${failed.message} ${JSON.stringify(failed.details)}`).not.toContain(KEY);
  return failed;
}
