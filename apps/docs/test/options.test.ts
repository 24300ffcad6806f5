import { ArgumentError } from '@gai/core';
import { ProviderError } from '@gai/providers';
import { TokenizerError } from '@gai/tokenizers';
import { describe, expect, it } from 'vitest';
import { optionMethods } from '../../../packages/tooling/src/option-methods.ts';
import type { OptionMethod } from '../../../packages/tooling/src/option-methods.ts';
import { optionParameters } from '../../../packages/tooling/src/option-types.ts';
import type { OptionParameter } from '../../../packages/tooling/src/option-types.ts';
import { publicTypes } from '../../../packages/tooling/src/public-types.ts';
import { publishedPackages, repositoryRoot } from '../../../packages/tooling/src/workspace.ts';
import { LEFT_OUT, OWNERS } from './option-owners.ts';

type Callable = (...args: unknown[]) => unknown;
type Door = Record<string, Callable & (new (...args: unknown[]) => unknown) & { readonly prototype: object }>;

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** What is thrown at once or later, if anything is. */
async function refusalOf(call: (...args: unknown[]) => unknown, { position, options }: Misspelt): Promise<unknown> {
  const args = [...Array.from({ length: position }, () => undefined), { [`${options[0]}x`]: 1 }];
  try {
    const result = await call(...args);
    // What gives one thing after the other looks at its options when it is asked for the first.
    if (isIterable(result)) await result[Symbol.asyncIterator]().next();
    return undefined;
  } catch (error) {
    return error;
  }
}

type Misspelt = Pick<OptionParameter, 'position' | 'options'>;

/** The error says that there is no such option, which there are and which was meant. */
function expectRefusal(error: unknown, { options }: Misspelt): void {
  const isOfPackage = ProviderError.isInstance(error) || TokenizerError.isInstance(error);
  if (!(error instanceof ArgumentError) && !(isOfPackage && error.code === 'ARGUMENT'))
    expect(error).toBeInstanceOf(ArgumentError);
  const message = (error as Error).message;
  expect(message).toMatch(/: no such option\. Got '\w+x'; expected .*\. Did you mean '\w+'\?$/);
  const listed = /expected (?:one of )?(.*)\. Did/.exec(message)![1]!.split(', ');
  expect(listed.toSorted()).toEqual([...options].toSorted());
}

const packages = publishedPackages(repositoryRoot).map(({ manifest }) => manifest.name);
const types = publicTypes(repositoryRoot, packages);

describe('every public function with settings', () => {
  const found = optionParameters(types);

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
      const { [parameter.name]: called } = (await import(parameter.specifier)) as Door;
      const call: Callable = parameter.isClass ? (...args) => new called!(...args) : called!;
      expectRefusal(await refusalOf(call, parameter), parameter);
    },
  );
});

const nameOf = ({ owner, kind, method }: OptionMethod): string =>
  `${owner}${kind === 'static' ? '.' : '#'}${method === '' ? '()' : method}`;

/** What has the method: those that were made for it, or a thing of its class that nothing was done to. */
async function ownersOf({ specifier, owner, kind }: OptionMethod): Promise<object[]> {
  const makers = OWNERS[owner];
  if (makers !== undefined && kind !== 'static') return Promise.all(makers.map((make) => make()));
  if (kind === 'type') return [];
  const { [owner]: type } = (await import(specifier)) as Door;
  return [kind === 'static' ? type! : (Object.create(type!.prototype) as object)];
}

describe('every method with settings', () => {
  const found = optionMethods(types);
  const tried = found.filter((each) => LEFT_OUT[nameOf(each)] === undefined);

  it('is found by its types', () => {
    const names = found.map(nameOf);
    for (const name of [
      'TrainStep#()',
      'TrainStep#many',
      'Jitted#run',
      'Dataset.from',
      'Tokenizer#encode',
      'A2C#predict',
    ])
      expect(names).toContain(name);
    expect(found.length).toBeGreaterThan(90);
    expect(Object.keys(LEFT_OUT).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(tried.map((each) => [`${each.specifier} ${nameOf(each)}`, each] as const))(
    '%s refuses one it does not have, before it looks at anything else',
    async (_, method) => {
      const owners = await ownersOf(method);
      expect(owners, `make a ${method.owner} in option-owners.ts, or say there why it is left out`).not.toEqual([]);
      for (const owner of owners) {
        const own = owner as Record<string, Callable>;
        const call: Callable = (...args) =>
          (method.method === '' ? (owner as Callable) : own[method.method]!).apply(owner, args);
        expectRefusal(await refusalOf(call, method), method);
      }
    },
  );
});
