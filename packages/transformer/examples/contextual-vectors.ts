/**
 * Teaches: a word of several meanings has one vector in a table, and another one in each sentence inside a model that reads the sentence.
 * Five words in three sentences for each of two meanings, through all-MiniLM-L6-v2: is the use that is nearest to a use one of the same
 * meaning? By chance in 2 of 5 cases: of the five other uses two are.
 * Expected: 28 of 30, where chance is 12. Takes ten seconds. Needs the model: pnpm gai models fetch minilm.
 *
 * pnpm example transformer/contextual-vectors [--write]
 */
import { writeFileSync } from 'node:fs';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend, tensor, toArray } from '@gai/core';
import { openModelCache } from '@gai/hub/node';
import { BertModel } from '../src/index.ts';
import { AutoTokenizer } from '../src/text/index.ts';

/** Word, meaning and sentence of each use. */
const USES = `
bank (money): She opened an account at the bank.
bank (money): The bank refused to lend us the money.
bank (money): He cashed his cheque at the bank on Monday.
bank (river): We sat on the grassy bank of the river.
bank (river): The boat drifted towards the muddy bank.
bank (river): Willows grew along the bank of the stream.
light (lamp): The light of the lamp fell on her book.
light (lamp): Turn off the light before you sleep.
light (lamp): A faint light shone through the window.
light (weight): The box was so light that a child could carry it.
light (weight): She packed a light suitcase for the trip.
light (weight): Feathers are light and stones are heavy.
spring (season): The trees bloom in spring.
spring (season): Last spring we planted roses.
spring (season): After a long winter, spring came at last.
spring (coil): The spring inside the mattress broke.
spring (coil): A metal spring pushes the valve shut.
spring (coil): He stretched the spring until it bent.
bat (animal): A bat flew out of the cave at dusk.
bat (animal): The bat hangs upside down and sleeps all day.
bat (animal): A bat finds insects by echoes.
bat (sport): He swung the bat and missed the ball.
bat (sport): She bought a wooden bat for the cricket match.
bat (sport): The player dropped his bat and ran to first base.
letter (mail): I posted a letter to my aunt.
letter (mail): The letter arrived in a blue envelope.
letter (mail): She wrote him a long letter from Rome.
letter (alphabet): The word begins with the letter B.
letter (alphabet): Write every letter of the alphabet.
letter (alphabet): A capital letter starts each sentence.
`;
interface Use {
  readonly word: string;
  readonly meaning: string;
  readonly sentence: string;
}
const parsed: Use[] = [...USES.matchAll(/(\w+) \((\w+)\): (.+)/g)].map(([, word, meaning, sentence]) => ({
  word: word!,
  meaning: meaning!,
  sentence: sentence!,
}));

const model = await openModelCache().get('minilm');
if (model === undefined) {
  console.error('MINILM IS NOT IN THE MODEL CACHE: NOTHING WAS COMPUTED. Fetch it with: pnpm gai models fetch minilm');
  process.exit(0);
}
setDefaultBackend(await nodeBackend());
const bert = (await BertModel.fromPretrained(model.folder)).eval();
const tokenizer = await AutoTokenizer.fromPretrained(model.folder);

/** The word's row of the table, and its hidden state after the last layer. */
async function vectorsOf({ word, sentence }: Use): Promise<{ table: number[]; last: number[] }> {
  const { ids, tokens } = tokenizer.encode(sentence, { padding: null });
  const at = tokens.indexOf(word);
  const inputIds = tensor([[...ids]], { dtype: 'int32' });
  const { lastHiddenState } = bert.forward(inputIds);
  const rows = (await toArray(lastHiddenState)) as number[][][];
  const table = (await toArray(bert.embeddings.word_embeddings.forward(inputIds))) as number[][][];
  return { table: table[0]![at]!, last: rows[0]![at]! };
}
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((all, x, i) => all + x * b[i]!, 0);
const cosine = (a: readonly number[], b: readonly number[]): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
const round = (x: number): number => Number(x.toFixed(3));
const mean = (values: readonly number[]): number => round(values.reduce((a, b) => a + b) / values.length);

const vectors = await Promise.all(parsed.map(async (use) => ({ ...use, ...(await vectorsOf(use)) })));
const results = [...new Set(parsed.map(({ word }) => word))].map((word) => {
  const uses = vectors.filter((use) => use.word === word);
  const cosines = uses.map((a) => uses.map((b) => round(cosine(a.last, b.last))));
  const isSame = (i: number, j: number): boolean => uses[i]!.meaning === uses[j]!.meaning;
  const meanOf = (wanted: boolean): number =>
    mean(cosines.flatMap((row, i) => row.filter((_, j) => i !== j && isSame(i, j) === wanted)));
  const right = cosines.filter((row, i) => {
    const others = row.map((x, j) => (i === j ? -Infinity : x));
    return isSame(i, others.indexOf(Math.max(...others)));
  }).length;
  const table = mean(uses.map((use) => cosine(use.table, uses[0]!.table)));
  const [same, other] = [meanOf(true), meanOf(false)];
  console.log(`${word}: cosine ${same} within a meaning, ${other} between the two (in the table ${table})`);
  for (const [i, row] of cosines.entries()) {
    const { meaning, sentence } = uses[i]!;
    console.log(`  ${row.map((x) => x.toFixed(2)).join(' ')}  ${meaning.padEnd(8)}  ${sentence}`);
  }
  const told = uses.map(({ meaning, sentence }) => ({ meaning, sentence }));
  return { word, table, same, other, right, uses: told, cosines };
});
const right = results.reduce((all, one) => all + one.right, 0);
const chance = (parsed.length * 2) / 5;
console.log(`The nearest use has the same meaning: ${right} of ${parsed.length}; by chance ${chance}.`);
if (process.argv.includes('--write')) {
  const command = 'pnpm example transformer/contextual-vectors --write';
  const record = { command, model: model.name, right, of: parsed.length, chance, results };
  writeFileSync(new URL('contextual-vectors.results.json', import.meta.url), `${JSON.stringify(record, null, 1)}\n`);
}
