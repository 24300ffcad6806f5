import { inspect } from 'node:util';
import { matches, plain, toleranceOf } from './compare.ts';

/** Where examples run. */
export interface Runtime {
  /** Makes the default backend; absent if the package needs none. */
  prepare?(): Promise<void>;
  /** A tensor's numbers as nested arrays; any other value as it is. */
  read(value: unknown): Promise<unknown>;
}

// oxlint-disable-next-line max-params -- three of them are what an example says.
async function check(runtime: Runtime, evaluate: () => Promise<unknown>, literal: string, line: number): Promise<void> {
  const thrown = /^throws (\w+)/.exec(literal)?.[1];
  if (thrown !== undefined) return expectError(evaluate, thrown, line);
  const actual = plain(await runtime.read(await evaluate()));
  const expected = parseLiteral(literal, line);
  if (matches(actual, expected, toleranceOf(literal))) return;
  throw new Error(`line ${line} gives ${inspect(actual, { depth: 6, breakLength: 100 })}, documented is ${literal}`);
}

async function expectError(evaluate: () => Promise<unknown>, name: string, line: number): Promise<void> {
  const error: unknown = await evaluate().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Error && (error.name === name || error.constructor.name === name)) return;
  throw new Error(`line ${line} should throw ${name}, but gave ${inspect(error)}`);
}

function parseLiteral(literal: string, line: number): unknown {
  try {
    return new Function(`"use strict"; return (${literal.replace(/;$/, '')});`)() as unknown;
  } catch {
    throw new Error(`line ${line}: "// => ${literal}" is no literal. Write a value, or use a plain comment.`);
  }
}

/** Runs prepared examples in this process, one after the other, prints one JSON line per example, and ends. */
export async function runPrepared(
  examples: Readonly<Record<string, () => Promise<unknown>>>,
  runtime: Runtime = { read: async (value) => value },
): Promise<never> {
  await runtime.prepare?.();
  Object.assign(globalThis, { __check: check.bind(undefined, runtime) });
  for (const [file, run] of Object.entries(examples)) {
    let error: string | undefined;
    try {
      await run();
    } catch (reason) {
      error = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
    }
    process.stdout.write(`\n@@${JSON.stringify({ file, error })}\n`);
  }
  process.exit(0);
}
