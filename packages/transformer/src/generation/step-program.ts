import { StateError, argmax, compile, spec, sum, zeros } from '@gai/core';
import type { Compiled, Tensor } from '@gai/core';
import { KeyValueCache } from '@gai/nn';
import type { CacheView, KeysValues } from '@gai/nn';
import { evaluated, renewed } from '../models/compiled-model.ts';
import { hasEncoder, nextScores } from '../models/generative.ts';
import type { CausalLanguageModel, Seq2SeqLanguageModel } from '../models/generative.ts';
import { programFor, releasePrograms } from '../models/programs.ts';
import type { Programs } from '../models/programs.ts';
import { Turns } from '../models/turns.ts';

/** What a step computes. */
export interface StepOutput {
  /** `[batch]`, int32: the best token of each row. */
  readonly best: Tensor;
  /** `[batch]`: the sum of the scores, which is no number if one of them is none. */
  readonly total: Tensor;
  /** `[batch, vocabulary]`. */
  readonly scores: Tensor;
  /** The new tokens' keys and values. */
  readonly rows: readonly KeysValues[];
}

/** What an encoder gives a decoder. */
interface EncoderOutput {
  readonly cross: readonly KeysValues[];
}

type AnyModel = CausalLanguageModel | Seq2SeqLanguageModel;

/**
 * A model compiled for generation: one program for every batch, length and past, whatever the settings are, since these are applied to
 * the scores outside. Its weights are those of the moment; after training it takes the new ones over without being traced again.
 */
export class StepProgram {
  readonly #model: AnyModel;
  #step: Compiled<StepOutput> | undefined;
  #encode: Compiled<EncoderOutput> | undefined;
  #version = 0;
  /** Preparation and release exclude each other. */
  readonly #turns = new Turns();

  constructor(model: AnyModel) {
    this.#model = model;
  }

  /** How often the weights were taken over. */
  get version(): number {
    return this.#version;
  }

  /** Compiles what is not compiled yet, and takes new weights over. @returns The {@link version} of what is ready. */
  prepare(): Promise<number> {
    return this.#turns.take(() => this.#prepare());
  }

  /** Refuses to go on with weights that others have replaced, or what was freed. */
  checkVersion(version: number): void {
    present(this.#step);
    if (version !== this.#version) throw otherWeights();
  }

  async #prepare(): Promise<number> {
    const model = this.#model;
    this.#step = await this.#ready(this.#step, () => this.#compileStep());
    if (hasEncoder(model)) this.#encode = await this.#ready(this.#encode, () => this.#compileEncoder(model));
    return this.#version;
  }

  /** An empty cache for so many rows. */
  cache(batch: number): KeyValueCache {
    const { layers, heads, depth } = this.#model.decoding;
    return new KeyValueCache({ layers, heads, depth, batch, capacity: 1 });
  }

  /** The new tokens of each row, the first `counts` of which count. */
  step(ids: Tensor, counts: Tensor, view: CacheView): Promise<StepOutput> {
    return present(this.#step)(ids, counts, view);
  }

  encode(ids: Tensor, attentionMask: Tensor): Promise<EncoderOutput> {
    return present(this.#encode)(ids, attentionMask);
  }

  /** Frees the compiled programs and their copy of the weights; one that is being compiled as soon as it is there. */
  dispose(): Promise<void> {
    return this.#turns.take(() => this.#dispose());
  }

  async #dispose(): Promise<void> {
    const programs = [this.#step, this.#encode];
    [this.#step, this.#encode] = [undefined, undefined];
    this.#version += 1;
    for (const program of programs) await program?.dispose();
  }

  /** A program with the weights of now. */
  async #ready<R>(program: Compiled<R> | undefined, make: () => Promise<Compiled<R>>): Promise<Compiled<R>> {
    if (program?.stale === false) return program;
    this.#version += 1;
    return renewed(program, make);
  }

  #compileStep(): Promise<Compiled<StepOutput>> {
    const model = this.#model;
    const ids = spec(['batch', 'time'], 'int32');
    const names = { batch: 'batch', past: 'past', source: 'source' };
    const forward = (inputIds: Tensor, counts: Tensor, view: CacheView): StepOutput => {
      const scores = nextScores(model, inputIds, { cache: view, counts });
      return { best: argmax(scores, { axis: -1 }), total: sum(scores, { axis: -1 }), scores, rows: view.rows() };
    };
    const cache = this.cache(1);
    if (hasEncoder(model)) cache.setCross(emptyCross(model));
    return compile<StepOutput>(evaluated(model, forward), {
      ids,
      counts: spec(['batch'], 'int32'),
      view: cache.specs(names),
    });
  }

  #compileEncoder(model: Seq2SeqLanguageModel): Promise<Compiled<EncoderOutput>> {
    const forward = (inputIds: Tensor, attentionMask: Tensor): EncoderOutput => ({
      cross: model.encode(inputIds, { attentionMask }).cross,
    });
    const tokens = spec(['batch', 'source'], 'int32');
    return compile<EncoderOutput>(evaluated(model, forward), { ids: tokens, attentionMask: tokens });
  }
}

/** Refuses to go on with what was freed meanwhile. */
function present<R>(program: Compiled<R> | undefined): Compiled<R> {
  if (program !== undefined) return program;
  throw new StateError(
    `generate: what was compiled is gone. Got releaseGeneration(model) while a generation was on its way; expected it afterwards. Await ` +
      `the generation first.`,
    { op: 'generate' },
  );
}

const otherWeights = (): StateError =>
  new StateError(
    `generate: the model has other weights. Got new ones, taken over by another call, while a generation was on its way; expected the ` +
      `same from its beginning to its end. Await the generation before training goes on.`,
    { op: 'generate' },
  );

/** What stands for an encoder's keys and values in a spec. */
function emptyCross({ decoding: { layers, heads, depth } }: AnyModel): KeysValues[] {
  const empty = zeros([1, heads, 1, depth]);
  return Array.from({ length: layers }, () => ({ key: empty, value: empty }));
}

const programs: Programs<StepProgram> = new WeakMap();

/** The program of a model on the default backend. */
export const programOf = (model: AnyModel): StepProgram => programFor(programs, model, () => new StepProgram(model));

/** Frees the programs of a model on every backend. */
export const releaseSteps = (model: AnyModel): Promise<void> => releasePrograms(programs, model);
