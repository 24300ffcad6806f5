import { expect, it } from 'vitest';
import { searchText, searchWeight } from '../.vitepress/search-text.ts';

it('the search reads headings and words of the reference, and all of what people wrote', () => {
  const page = '# Dropout {#page}\n\nDrops.\n\n```ts\nnew Dropout();\n```\n\n| a | b |\n| --- | --- |\n\nMore.\n';
  expect(searchText('api/nn/classes/Dropout.md', page).match(/\S+/g)).toEqual([
    '#',
    'Dropout',
    '{#page}',
    'Drops.',
    'More.',
  ]);
  expect(searchText('guides/csv.md', page)).toBe(page);
});

it('a page comes before an entry of its name, an entry before a property', () => {
  const weight = (id: string, ...titles: string[]): number => searchWeight(id, 'dropout', { titles });
  const page = weight('/api/nn/classes/Dropout#page');
  const entry = weight('/api/nn/schedules#warmup', 'Schedules');
  const property = weight('/api/nn/classes/LSTM#dropout', 'LSTM', 'Properties');
  expect(page).toBeGreaterThan(entry);
  expect(entry).toBeGreaterThan(property);
  expect(weight('/guides/csv#a')).toBeGreaterThan(weight('/decisions/x#a'));
});

it('the weight works as text, which is how the site takes it', () => {
  // oxlint-disable-next-line no-new-func
  const copy = new Function(`return ${searchWeight.toString()}`)() as typeof searchWeight;
  expect(copy('/api/nn/classes/Dropout#page', 'x', { titles: [] })).toBe(6);
});
