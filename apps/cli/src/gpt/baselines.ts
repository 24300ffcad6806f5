import { KneserNey } from '@gai/transformer';
import { MOST_COUNTED, firstTexts } from './corpus.ts';
import type { Corpus } from './corpus.ts';

/** Nats per character of the models that only count. */
export interface Baselines {
  readonly kn3: number;
  readonly kn5: number;
  /** Characters to be foreseen in the documents that are held out. */
  readonly characters: number;
  /** Characters of the training documents that were counted: {@link MOST_COUNTED} at most, if the first document is not longer. */
  readonly counted: number;
}

/** Counts 3-grams and 5-grams of the first training documents, and foresees those that are held out. */
export async function measureBaselines(corpus: Corpus, heldOut: readonly string[]): Promise<Baselines> {
  const train = await firstTexts(corpus.train(), MOST_COUNTED);
  const natsOf = (order: number): { nats: number; characters: number } => {
    const model = KneserNey.train(train, { order });
    const scores = heldOut.map((text) => model.score(text));
    const total = (key: 'nats' | 'characters'): number => scores.reduce((sum, score) => sum + score[key], 0);
    return { nats: total('nats'), characters: total('characters') };
  };
  const [three, five] = [natsOf(3), natsOf(5)];
  const { characters } = three;
  const counted = train.reduce((sum, text) => sum + text.length, 0);
  return { kn3: three.nats / characters, kn5: five.nats / five.characters, characters, counted };
}
