import { argumentError, show } from '../errors.ts';
import { Box } from '../spaces/box.ts';
import type { Space } from '../spaces/space.ts';
import { checkInteger } from '../tabular/errors.ts';
import { CombinedExtractor } from './combined-extractor.ts';
import { Flatten, NatureCNN, SmallCNN } from './features.ts';
import type { CnnOptions, FeaturesExtractor } from './features.ts';

/** Which features a policy is made of: one of those that come with the package, or a class of your own. */
export type FeaturesExtractorClass =
  | 'Flatten'
  | 'NatureCNN'
  | 'SmallCNN'
  | 'Combined'
  | (new (space: Space, options: CnnOptions) => FeaturesExtractor);

/** What a network can be told of its features. */
export interface FeaturesKwargs {
  /**
   * What looks at observations: as they are, `'NatureCNN'`, `'SmallCNN'`, `'Combined'` (of records), or a class. Default `'Flatten'`.
   */
  readonly featuresExtractorClass?: FeaturesExtractorClass | undefined;
  /** Numbers that it gives; of `'Combined'` per image. Default: its own. */
  readonly featuresDim?: number | undefined;
}

/** Names of {@link FeaturesKwargs}. */
export const FEATURES_KWARGS = ['featuresExtractorClass', 'featuresDim'];

/** Policies that come with agents, and what each looks with: Stable-Baselines3's. */
export const POLICY_FEATURES = {
  MlpPolicy: 'Flatten',
  CnnPolicy: 'NatureCNN',
  MultiInputPolicy: 'Combined',
} as const satisfies Readonly<Record<string, FeaturesExtractorClass>>;

/** A policy that comes with an agent: for numbers, for images, for records. */
export type PolicyName = keyof typeof POLICY_FEATURES;

/** Whether a policy is one that comes with agents. */
export const isPolicyName = (policy: unknown): policy is PolicyName =>
  typeof policy === 'string' && Object.hasOwn(POLICY_FEATURES, policy);

/** Names of policies for messages: `'MlpPolicy', 'CnnPolicy'`. */
export const quotedNames = (policies: object): string =>
  Object.keys(policies)
    .map((name) => `'${name}'`)
    .join(', ');

const OWN = { Flatten, NatureCNN, SmallCNN, Combined: CombinedExtractor };

/** What makes the features of a network for observations of a space, or for so many numbers. */
export function featuresExtractor(
  op: string,
  observation: Space | number,
  { featuresExtractorClass: kind = 'Flatten', ...options }: FeaturesKwargs & CnnOptions,
): FeaturesExtractor {
  const named = typeof kind === 'string' && Object.hasOwn(OWN, kind) ? OWN[kind] : kind;
  if (typeof named !== 'function') {
    throw argumentError(
      op,
      `there are no such features. Got featuresExtractorClass ${show(kind)}; expected ${quotedNames(OWN)} or a class. Pass one of ` +
        'them.',
    );
  }
  const extractor = new named(typeof observation === 'number' ? numbers(observation) : observation, options);
  checkInteger(op, 'featuresDim', [extractor.featuresDim, 1, Number.MAX_SAFE_INTEGER]);
  return extractor;
}

const numbers = (size: number): Space => new Box({ low: -Infinity, high: Infinity, shape: [size] }) as Space;
