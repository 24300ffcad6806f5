/** What it teaches: whether one search is better than another, with an interval that says how sure that is. Run time: none. */
import { evaluateRanking, pairedBootstrap, type RankingMeasure } from '@gai/metrics';

const judgments = Object.fromEntries(Array.from({ length: 40 }, (_, query) => [`q${query}`, { [`d${query}`]: 1 }]));
const measures: RankingMeasure[] = ['ndcg@10', 'mrr', 'recall@3'];

/** A search that puts the right document at `place(query)`. */
function search(place: (query: number) => number): Record<string, string[]> {
  return Object.fromEntries(
    Object.keys(judgments).map((query, index) => {
      const found = Array.from({ length: 10 }, (_, rank) => `other${rank}`);
      found[place(index)] = `d${index}`;
      return [query, found];
    }),
  );
}

const words = evaluateRanking(
  search((query) => query % 5),
  judgments,
  { measures },
);
const meaning = evaluateRanking(
  search((query) => query % 2),
  judgments,
  { measures },
);
for (const measure of measures) {
  const scores = [meaning, words].map(({ byQuery }) => [...byQuery.values()].map((row) => row[measure]!));
  const { estimate, low, high } = pairedBootstrap(scores[0]!, scores[1]!);
  const means = `${words.means[measure]!.toFixed(3)} → ${meaning.means[measure]!.toFixed(3)}`;
  console.log(
    `${measure.padEnd(9)} ${means}, better by ${estimate.toFixed(3)} (95 %: ${low.toFixed(3)} to ${high.toFixed(3)})`,
  );
}
