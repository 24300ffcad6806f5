import type { DecoderLanguageModel } from '@gai/transformer';
import { Inspector } from './inspector-model.ts';
import type { DrawRequest, HeadEffects, Look, LookRequest, Next, NextRequest } from './inspector-model.ts';
import { factsOf, languageModelOf } from './language-model.ts';
import type { LanguageModel, ModelFacts } from './language-model.ts';
import { SmallGpt } from './small-gpt.ts';
import type { SmallGptFacts, SmallGptSettings, StepNews } from './small-gpt.ts';

/** A file of the reader, or one that the site serves. */
export interface NamedFile {
  readonly name: string;
  readonly content: Blob | string;
}

/** What happens while a model learns. */
export type TrainingNews =
  | { readonly kind: 'step'; readonly news: StepNews }
  | { readonly kind: 'sample'; readonly step: number; readonly text: string };

/** How it is trained on. */
export interface TrainRequest {
  /** Steps from here on. */
  readonly steps: number;
  /** Steps between two texts that it writes. */
  readonly sampleEvery: number;
  readonly beginning: string;
  readonly seed: number;
}

/** What it is to write. */
export interface WriteRequest {
  readonly beginning: string;
  readonly seed: number;
  readonly temperature: number;
}

/** Where the functions run. */
export interface LanguagePlace {
  /** Makes the default backend. */
  prepare(wasmPaths: string): Promise<void>;
  /** Frees what was compiled of a model. */
  release(model: DecoderLanguageModel): Promise<void>;
}

/** What the worker has at hand. */
class Desk {
  readonly #place: LanguagePlace;
  #ready: Promise<void> | undefined;
  #opened: LanguageModel | undefined;
  #inspector: Inspector | undefined;
  gpt: SmallGpt | undefined;
  isTraining = false;
  isStopped = false;
  /** Counts what was asked for of heads: only the latest goes on. */
  trial = 0;

  constructor(place: LanguagePlace) {
    this.#place = place;
  }

  async start(wasmPaths: string): Promise<void> {
    this.#ready ??= this.#place.prepare(wasmPaths);
    this.#ready.catch(() => (this.#ready = undefined)); // A page that was offline may try again.
    await this.#ready;
  }

  /** Takes a model to look into; the one before goes. */
  async show(model: LanguageModel): Promise<ModelFacts> {
    this.trial += 1; // Heads of the model before are tried no more.
    if (this.#opened !== undefined && this.#opened !== model) await this.#place.release(this.#opened.model);
    [this.#opened, this.#inspector] = [model, new Inspector(model)];
    return factsOf(model);
  }

  get inspector(): Inspector {
    return this.#inspector ?? raise('Open a model first.');
  }

  get learner(): SmallGpt {
    return this.gpt ?? raise('There is no model yet.');
  }

  /** Refuses to disturb a model that is learning. */
  checkIdle(): void {
    if (this.isTraining) raise('A model is learning already: stop it first.');
  }
}

type Tell<Event> = (event: Event) => void;

/** Whoever wants to stop it has to be heard. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

// oxlint-disable-next-line typescript/explicit-function-return-type -- the record of functions is the type.
const inspecting = (desk: Desk) => ({
  start: (wasmPaths: string): Promise<void> => desk.start(wasmPaths),
  /** Opens a model; one that is there before goes. */
  async open(
    given: { readonly files: readonly NamedFile[]; readonly name: string },
    tell: Tell<string>,
  ): Promise<ModelFacts> {
    const blobs = new Map<string, Blob>();
    for (const { name, content } of given.files) {
      if (typeof content === 'string') tell(`Loading ${name} …`);
      blobs.set(name, typeof content === 'string' ? await fetched(content) : content);
    }
    tell(`Reading ${given.name} …`);
    return desk.show(await languageModelOf(blobs, given.name));
  },
  look: (request: LookRequest): Promise<Look> => desk.inspector.look(request),
  next: (request: NextRequest): Next => desk.inspector.next(request),
  draw: (request: DrawRequest): Promise<string> => desk.inspector.draw(request),
  effects(request: Pick<LookRequest, 'text' | 'at'>, tell: Tell<HeadEffects>): Promise<HeadEffects> {
    desk.trial += 1;
    const own = desk.trial;
    return desk.inspector.effects(request, { tell, isStopped: () => desk.trial !== own });
  },
  stopEffects(): void {
    desk.trial += 1;
  },
  /** Looks into the model that has learned here. */
  inspectTrained: (): Promise<ModelFacts> => desk.show(desk.learner),
});

// oxlint-disable-next-line typescript/explicit-function-return-type -- the record of functions is the type.
const training = (desk: Desk) => ({
  /** Begins a model anew. */
  async begin(settings: SmallGptSettings): Promise<SmallGptFacts> {
    desk.checkIdle();
    const before = desk.gpt;
    desk.gpt = await SmallGpt.begin(settings);
    await before?.dispose();
    return desk.gpt.facts;
  },
  /** Trains it on until it was told to stop. */
  async train({ steps, sampleEvery, beginning, seed }: TrainRequest, tell: Tell<TrainingNews>): Promise<number> {
    const { learner } = desk;
    desk.checkIdle();
    [desk.isStopped, desk.isTraining] = [false, true];
    try {
      for (let done = 0; done < steps && !desk.isStopped; done++) {
        const news = await learner.learn();
        tell({ kind: 'step', news });
        const isDue = news.step % sampleEvery === 0;
        if (isDue) tell({ kind: 'sample', step: news.step, text: await learner.write(beginning, { seed }) });
        await pause();
      }
      return learner.steps;
    } finally {
      desk.isTraining = false;
    }
  },
  stop(): void {
    desk.isStopped = true;
  },
  write: ({ beginning, ...options }: WriteRequest): Promise<string> => desk.learner.write(beginning, options),
});

/** Everything that the pages on language models ask of their worker. */
// oxlint-disable-next-line typescript/explicit-function-return-type -- the record of functions is the type.
export function languageFunctions(place: LanguagePlace) {
  const desk = new Desk(place);
  return { ...inspecting(desk), ...training(desk) };
}

/** The functions of the worker. */
export type LanguageFunctions = ReturnType<typeof languageFunctions>;

async function fetched(url: string): Promise<Blob> {
  const response = await fetch(url);
  if (!response.ok) raise(`${url} is not there (${response.status}). Run pnpm site:models, or open a folder of yours.`);
  return response.blob();
}

function raise(message: string): never {
  throw new Error(message);
}
