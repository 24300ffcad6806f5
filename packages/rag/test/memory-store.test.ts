import { expect, it } from 'vitest';
import { memoryStore } from '../src/index.ts';
import { storeContract } from './store-contract.ts';
import { stored } from './support.ts';

storeContract('memoryStore', async () => memoryStore());

it('counts the words of headings as often as it is told', async () => {
  const documents = [await stored('# Tea\n\npour it', 'a.md'), await stored('# Drinks\n\ntea it', 'b.md')];
  const bestOf = async (headingWeight: number): Promise<string[]> => {
    const store = memoryStore({ headingWeight });
    for (const document of documents) await store.put(document);
    return (await store.lexical('tea')).map(({ chunk }) => chunk.document);
  };
  expect(await bestOf(0)).toEqual(['b.md']);
  expect(await bestOf(3)).toEqual(['a.md', 'b.md']);
});

it.each([[{ k1: -1 }], [{ b: 1.5 }], [{ headingWeight: -1 }], [{ headingweight: 1 } as never]])(
  'refuses %j',
  (options) => {
    expect(() => memoryStore(options)).toThrow(/^(?:memoryStore|BM25Index): /u);
  },
);
