import { describe, expect, it } from 'vitest';
import { ask, memoryStore } from '../src/index.ts';
import type { Store } from '../src/index.ts';
import { stored } from './support.ts';

const TEXT = `# Training

## Resume a run

Give the folder of the run. The optimizer goes on
where it stopped, as if nothing had happened. Coffee helps.

## Stop a run

Press Ctrl and C once. The last step is finished and saved.
`;

async function open(): Promise<Store> {
  const store = memoryStore();
  await store.put(await stored(TEXT, 'training.md'));
  await store.put(await stored('# Cats\n\nCats sleep.', 'cats.md'));
  return store;
}

describe('ask', () => {
  it('quotes sentences whose places are exact, across lines', async () => {
    const { answer, citations, abstained, support, trace } = await ask(
      await open(),
      'What happens to the optimizer when I resume a run?',
    );
    expect(answer).toContain('The optimizer goes on where it stopped, as if nothing had happened.');
    expect(answer).not.toContain('Coffee');
    expect(abstained).toBe(false);
    expect(support).toBeGreaterThan(0.8);
    expect(citations.length).toBeGreaterThan(0);
    for (const { document, start, end, quote } of citations) {
      expect(document).toBe('training.md');
      expect(TEXT.slice(start, end)).toBe(quote);
    }
    expect(trace.retrieved[0]!.scores.lexical).toBeGreaterThan(0);
    expect(trace.terms.map(({ term }) => term)).toContain('optim');
  });

  it('answers with the first sentence where the heading says all', async () => {
    const { answer } = await ask(await open(), 'resume');
    expect(answer).toBe('Give the folder of the run.');
  });

  it('says that the documents do not say', async () => {
    const store = await open();
    for (const question of ['Who is the president of France?', 'run the marathon in Berlin', 'the of', '']) {
      const { abstained, answer, citations } = await ask(store, question);
      expect([question, abstained, answer, citations]).toEqual([question, true, '', []]);
    }
    expect((await ask(memoryStore(), 'resume')).abstained).toBe(true);
  });

  it('asks one tenant and what a filter leaves', async () => {
    const store = await open();
    expect((await ask(store, 'cats sleep', { tenant: 'other' })).abstained).toBe(true);
    const filter = { key: 'source', eq: 'training.md' };
    expect((await ask(store, 'cats sleep', { filter })).abstained).toBe(true);
    expect((await ask(store, 'cats sleep')).answer).toBe('Cats sleep.');
  });

  it.each([[{ minSupport: 2 }], [{ maxSentences: 0 }], [{ generators: 1 } as never]])('refuses %j', async (options) => {
    await expect(ask(memoryStore(), 'tea', options)).rejects.toThrow(/^ask: /u);
  });
});
