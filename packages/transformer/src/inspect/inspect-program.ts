import { compile, spec } from '@gai/core';
import type { Compiled, Tensor } from '@gai/core';
import { evaluated, renewed } from '../models/compiled-model.ts';
import type { DecoderLanguageModel } from '../models/generative.ts';
import { programFor, releasePrograms } from '../models/programs.ts';
import type { Programs } from '../models/programs.ts';
import { Turns } from '../models/turns.ts';
import { tracedSteps } from './traced-steps.ts';
import type { TracedSteps } from './traced-steps.ts';

/** What a run is given. */
export interface InspectInputs {
  /** `[time]`, int32. */
  readonly ids: Tensor;
  /** `[layers, heads]`. */
  readonly headMask: Tensor;
  /** `[places]`, int32. */
  readonly places: Tensor;
}

/** A model compiled to be looked into: one program for texts of every length and all heads on or off; it follows new weights. */
export class InspectProgram {
  readonly #model: DecoderLanguageModel;
  #compiled: Compiled<TracedSteps> | undefined;
  /** No weights are replaced under a run. */
  readonly #turns = new Turns();

  constructor(model: DecoderLanguageModel) {
    this.#model = model;
  }

  run({ ids, headMask, places }: InspectInputs): Promise<TracedSteps> {
    return this.#turns.take(async () => {
      if (this.#compiled?.stale !== false) this.#compiled = await renewed(this.#compiled, () => this.#compile());
      return this.#compiled(ids, headMask, places);
    });
  }

  dispose(): Promise<void> {
    return this.#turns.take(async () => {
      await this.#compiled?.dispose();
      this.#compiled = undefined;
    });
  }

  #compile(): Promise<Compiled<TracedSteps>> {
    const model = this.#model;
    const forward = (ids: Tensor, headMask: Tensor, places: Tensor): TracedSteps =>
      tracedSteps(model, ids, { headMask, places });
    return compile<TracedSteps>(evaluated(model, forward), {
      ids: spec(['time'], 'int32'),
      headMask: spec([model.decoding.layers, model.queryHeads]),
      places: spec(['places'], 'int32'),
    });
  }
}

const programs: Programs<InspectProgram> = new WeakMap();

/** The program of a model on the default backend. */
export const inspectProgramOf = (model: DecoderLanguageModel): InspectProgram =>
  programFor(programs, model, () => new InspectProgram(model));

/** Frees the programs of a model on every backend. */
export const releaseInspectPrograms = (model: DecoderLanguageModel): Promise<void> => releasePrograms(programs, model);
