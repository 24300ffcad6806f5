export { key, split, foldIn } from './key.ts';
export { bits } from './bits.ts';
export { uniform, normal, bernoulli, randint, gumbel, categorical } from './distributions.ts';
export type { UniformOptions, NormalOptions, RandintOptions } from './distributions.ts';
export { permutation } from './permutation.ts';
export { hostKey, hostBits, hostUniform, hostPermutation } from './host.ts';
export type { KeyWords } from './generator.ts';
