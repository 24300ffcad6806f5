import { GaiError } from '@gai/core/errors';
import { CommanderError } from 'commander';
import { plain, plainText } from './terminal/plain.ts';
import type { Output } from './terminal/style.ts';

/** The command was called in a way it does not understand: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Packages of a command are not installed. */
export class MissingPackages extends UsageError {}

/** 0 for success and help, 2 for usage, 130 for an interruption, else 1. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) return 2;
  return GaiError.isInstance(error) && error.code === 'ABORTED' ? 130 : 1;
}

/** What messages of the library say to programs, for those who type. */
const inWordsOfCommands = (message: string): string =>
  message.replace(/\{ ignoreFields: \['([^']*)'\] \}/, '--ignore-fields $1');

/** One line on standard error; the stack only when asked for. Commander has printed its own errors already. */
export function reportError(error: unknown, stderr: Output, { verbose }: { readonly verbose: boolean }): void {
  if (error instanceof CommanderError) return;
  const message = inWordsOfCommands(error instanceof Error ? error.message : String(error));
  const known = GaiError.isInstance(error) || error instanceof UsageError;
  const hint = known || verbose ? '' : ' Run again with --verbose for the details.';
  stderr.write(`gai: ${plain(message)}${hint}\n`);
  if (verbose && error instanceof Error) stderr.write(`${plainText(error.stack ?? '')}\n`);
}
