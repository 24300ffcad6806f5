import { ArgumentError } from '@gai/core';
import { ProviderError } from '@gai/providers';
import { TokenizerError } from '@gai/tokenizers';
import { describe, expect, it } from 'vitest';
import { optionParameters } from '../../../packages/tooling/src/option-types.ts';
import type { OptionParameter } from '../../../packages/tooling/src/option-types.ts';
import { repositoryRoot } from '../../../packages/tooling/src/workspace.ts';

const PACKAGES = [
  '@gai/core',
  '@gai/nn',
  '@gai/data',
  '@gai/metrics',
  '@gai/rag',
  '@gai/rl',
  '@gai/tokenizers',
  '@gai/transformer',
  '@gai/backend-node',
  '@gai/backend-web',
];

type Callable = (...args: unknown[]) => unknown;

const isIterator = (value: unknown): value is AsyncIterator<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;

/** What is thrown at once or later, if anything is. */
async function refusalOf({ specifier, name, isClass, position, options }: OptionParameter): Promise<unknown> {
  const door = (await import(specifier)) as Record<string, unknown>;
  const called = door[name] as Callable & (new (...args: unknown[]) => unknown);
  const args = [...Array.from({ length: position }, () => undefined), { [`${options[0]}x`]: 1 }];
  try {
    const result = await (isClass ? new called(...args) : called(...args));
    // What gives one thing after the other looks at its options when it is asked for the first.
    if (isIterator(result)) await result.next();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('every public function with settings', () => {
  const found = optionParameters(repositoryRoot, PACKAGES);

  it('is found by its types', () => {
    const names = found.map(({ name }) => name);
    for (const name of [
      'sum',
      'Linear',
      'fit',
      'adam',
      'parseCsv',
      'nodeBackend',
      'webBackend',
      'arange',
      'logger',
      'qLearning',
      'Box',
    ])
      expect(names).toContain(name);
    expect(found.length).toBeGreaterThan(350);
  });

  it.each(found.map((each) => [`${each.specifier} ${each.name}`, each] as const))(
    '%s refuses one it does not have, before it looks at anything else',
    async (_, parameter) => {
      const error = await refusalOf(parameter);
      const isOfPackage = ProviderError.isInstance(error) || TokenizerError.isInstance(error);
      expect(error instanceof ArgumentError || (isOfPackage && error.code === 'ARGUMENT')).toBe(true);
      const message = (error as Error).message;
      expect(message).toMatch(/: no such option\. Got '\w+x'; expected .*\. Did you mean '\w+'\?$/);
      const listed = /expected (?:one of )?(.*)\. Did/.exec(message)![1]!.split(', ');
      expect(listed.toSorted()).toEqual([...parameter.options].toSorted());
    },
  );
});
