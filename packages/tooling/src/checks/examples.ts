import { checkExampleTypes, typedExamples } from '../doctest/types.ts';
import type { Check } from './check.ts';

/** Documented code compiles in a reader's strict project: docstrings, READMEs and pages. */
export const examplesCheck: Check = {
  name: 'examples',
  run: (root) => checkExampleTypes(root, typedExamples(root)),
};
