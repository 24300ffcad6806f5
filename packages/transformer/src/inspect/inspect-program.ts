import { compile, getDefaultBackend, spec } from '@gai/core';
import type { Compiled, Tensor } from '@gai/core';
import { evaluated, renewed } from '../models/compiled-model.ts';
import type { DecoderLanguageModel } from '../models/generative.ts';
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
  #latest: Promise<unknown> = Promise.resolve();

  constructor(model: DecoderLanguageModel) {
    this.#model = model;
  }

  run({ ids, headMask, places }: InspectInputs): Promise<TracedSteps> {
    return this.#inTurn(async () => {
      if (this.#compiled?.stale !== false) this.#compiled = await renewed(this.#compiled, () => this.#compile());
      return this.#compiled(ids, headMask, places);
    });
  }

  dispose(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#compiled?.dispose();
      this.#compiled = undefined;
    });
  }

  /** One at a time, so that no weights are replaced under a run. */
  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    const done = this.#latest.then(work);
    this.#latest = done.catch(() => undefined); // Who called is told; the next one tries anew.
    return done;
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

const programs = new WeakMap<DecoderLanguageModel, Map<object, InspectProgram>>();

/** The program of a model on the default backend. */
export function inspectProgramOf(model: DecoderLanguageModel): InspectProgram {
  const backend = getDefaultBackend();
  const known = programs.get(model) ?? new Map<object, InspectProgram>();
  programs.set(model, known);
  const program = known.get(backend) ?? new InspectProgram(model);
  known.set(backend, program);
  return program;
}

/** The programs of a model on every backend that one was made for. */
export const inspectProgramsOf = (model: DecoderLanguageModel): readonly InspectProgram[] => [
  ...(programs.get(model)?.values() ?? []),
];
