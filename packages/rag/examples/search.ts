/** What it teaches: from a page to passages that are found by their words, each with its exact place. Run time: none. */
import { BM25Index, chunkDocument, parseDocuments, structureSplitter } from '@gai/rag';

const page = `# Tea

Boil fresh water. Water that was boiled twice tastes flat.

## Green tea

Let the water cool to 80 °C before you pour it. Two minutes are enough.

## Black tea

Pour boiling water, and wait four minutes.

| leaf | minutes |
| --- | --- |
| Assam | 4 |
| Darjeeling | 3 |
`;

const { documents } = await parseDocuments(page, { source: 'tea.md' });
const chunks = documents.flatMap((parsed) => chunkDocument(parsed, { splitter: structureSplitter({ maxWords: 20 }) }));

// Headings are searched with a chunk, and count twice.
const index = new BM25Index();
for (const { id, path, text } of chunks) {
  index.add(id, [
    { text: path.join(' '), weight: 2 },
    { text, weight: 1 },
  ]);
}

for (const question of ['How long does Darjeeling take?', 'water temperature for green tea', 'coffee']) {
  console.log(question);
  for (const { id, score } of index.search(question, { k: 2 })) {
    const { text, start, end, path } = chunks.find((chunk) => chunk.id === id)!;
    if (page.slice(start, end) !== text) throw new Error('a chunk is not where it says');
    console.log(`  ${score.toFixed(2)}  ${path.join(' › ')}  ${start}-${end}  ${JSON.stringify(text.slice(0, 50))}`);
  }
}
