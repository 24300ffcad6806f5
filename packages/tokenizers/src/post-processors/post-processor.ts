import type { Encoded, Run } from '../encoding/run.ts';
import type { Template } from './template.ts';

/** The text of a token of a run, by its place. */
export type TokenOf = (run: Run, index: number) => string;

/** Puts one or two encoded texts into the form a model was trained on. */
export interface PostProcessor {
  /** Changes the offsets of a text before it goes into the template. */
  readonly prepare: (encoded: Encoded, tokenOf: TokenOf) => Encoded;
  readonly template: Template;
}
