import { concat, gather, reshape, split, squeeze, stopGradient, swapAxes, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { LSTM, Linear, Module, Parameter } from '@gai/nn';
import type { Sequential } from '@gai/nn';
import { argumentError } from '../errors.ts';
import { checkInteger } from '../tabular/errors.ts';
import { actionHead } from './action-head.ts';
import type { ActionHead } from './action-head.ts';
import type { FeaturesExtractor } from './features.ts';
import { denseLayer, hiddenLayers, layerSizes } from './layers.ts';
import { POLICY_KWARGS, extractors } from './policy.ts';
import type { ActorCritic, PolicyKwargs, PolicyMemory, PolicyOutput, PolicySpaces } from './policy.ts';

/** Settings of {@link RecurrentActorCriticPolicy}, with the names and defaults of Stable-Baselines3's sb3-contrib. */
export interface RecurrentPolicyKwargs extends Omit<PolicyKwargs, 'useSde' | 'fullStd' | 'useExpln'> {
  /** Numbers of the hidden and of the cell state. Default 256. */
  readonly lstmHiddenSize?: number | undefined;
  /** LSTM layers on top of each other. Default 1. */
  readonly nLstmLayers?: number | undefined;
  /** The value looks at the actions' LSTM, and does not train it. Default false. */
  readonly sharedLstm?: boolean | undefined;
  /** The value has an LSTM of its own; without one, and not shared, it looks at the present observation alone. Default true. */
  readonly enableCriticLstm?: boolean | undefined;
}

/**
 * sb3-contrib's `MlpLstmPolicy`: features of the observation, an LSTM for the actions and another for the value, and two hidden layers
 * of 64 with tanh behind each.
 *
 * What it remembers is one row of numbers per episode: the hidden and the cell states of its LSTMs.
 *
 * @param spaces - Of the env it acts in.
 * @param options - Default {@link RecurrentPolicyKwargs}' own.
 * @throws ArgumentError for a space without a policy, or options that are unknown or exclude each other.
 * @example
 * import { Box, Discrete } from '@gai/rl';
 * import { RecurrentActorCriticPolicy } from '@gai/rl/deep';
 * const spaces = { observationSpace: new Box({ low: -1, high: 1, shape: [2] }), actionSpace: new Discrete(2) };
 * new RecurrentActorCriticPolicy(spaces, { lstmHiddenSize: 16 }).stateSize; // => 64
 * @category Deep agents
 * @since 0.1.0
 */
export class RecurrentActorCriticPolicy extends Module implements ActorCritic {
  /** Numbers that it remembers of an episode. */
  readonly stateSize: number;
  readonly featuresExtractor: FeaturesExtractor;
  /** The value's own, where they are not shared. */
  readonly vfFeaturesExtractor: FeaturesExtractor | null;
  readonly lstmActor: LSTM;
  readonly lstmCritic: LSTM | null;
  /** In the place of the value's LSTM, where it has none. */
  readonly critic: Linear | null;
  readonly policyNet: Sequential;
  readonly valueNet: Sequential;
  readonly actionNet: Linear;
  readonly valueHead: Linear;
  /** `[actions]`, for a `Box`. */
  readonly logStd: Parameter | null;
  readonly #head: ActionHead;

  constructor(spaces: PolicySpaces, options: RecurrentPolicyKwargs = {}) {
    const op = 'RecurrentActorCriticPolicy';
    checkOptionNames(op, options, [
      ...POLICY_KWARGS.filter((name) => !['useSde', 'fullStd', 'useExpln'].includes(name)),
      'lstmHiddenSize',
      'nLstmLayers',
      'sharedLstm',
      'enableCriticLstm',
    ]);
    super();
    const { observationSpace, actionSpace } = spaces;
    const { activationFn = 'tanh', orthoInit = true, logStdInit = 0 } = options;
    const { lstmHiddenSize: hiddenSize = 256, nLstmLayers: numLayers = 1 } = options;
    const { sharedLstm = false, enableCriticLstm = !sharedLstm } = options;
    checkInteger(op, 'lstmHiddenSize', [hiddenSize, 1, Number.MAX_SAFE_INTEGER]);
    checkInteger(op, 'nLstmLayers', [numLayers, 1, Number.MAX_SAFE_INTEGER]);
    if (sharedLstm && enableCriticLstm) throw bothLstms(op);
    const { pi, vf } = layerSizes(op, options.netArch ?? [64, 64]);
    this.#head = actionHead(op, actionSpace);
    [this.featuresExtractor, this.vfFeaturesExtractor] = extractors(op, observationSpace, options);
    const inputSize = this.featuresExtractor.featuresDim;
    const lstm = (): LSTM => new LSTM({ inputSize, hiddenSize, numLayers });
    this.lstmActor = lstm();
    this.lstmCritic = enableCriticLstm ? lstm() : null;
    this.critic =
      sharedLstm || enableCriticLstm ? null : new Linear({ inFeatures: inputSize, outFeatures: hiddenSize });
    this.stateSize = (enableCriticLstm ? 4 : 2) * numLayers * hiddenSize;
    const style = { op, activationFn, orthoInit };
    this.policyNet = hiddenLayers([hiddenSize, ...pi], style);
    this.valueNet = hiddenLayers([hiddenSize, ...vf], style);
    const { outputs, hasLogStd } = this.#head;
    this.actionNet = denseLayer([pi.at(-1) ?? hiddenSize, outputs], orthoInit ? 0.01 : undefined);
    this.valueHead = denseLayer([vf.at(-1) ?? hiddenSize, 1], orthoInit ? 1 : undefined);
    this.logStd = hasLogStd ? new Parameter(tensor(new Float32Array(outputs).fill(logStdInit))) : null;
  }

  /** `[time, batch, ...]` → a distribution and values of `time · batch` rows, or of those asked for, and the state `[batch, stateSize]`. */
  forward(observations: Tensor, mask: Tensor | undefined, { state, starts, rows }: PolicyMemory): PolicyOutput {
    const [time, batch, ...shape] = observations.shape;
    const flat = reshape(observations, [-1, ...shape]);
    const steps = { sizes: [time!, batch!] as const, starts };
    const asked = (x: Tensor): Tensor => (rows === undefined ? x : gather(x, rows));
    const features = this.featuresExtractor.forward(flat);
    const judged = this.vfFeaturesExtractor?.forward(flat) ?? features;
    const [own, theirs] = this.lstmCritic === null ? [state] : split(state, 2, { axis: 1 });
    const acting = remember(this.lstmActor, features, { ...steps, state: own! });
    const judging = this.lstmCritic === null ? null : remember(this.lstmCritic, judged, { ...steps, state: theirs! });
    const values = judging?.output ?? this.critic?.forward(judged) ?? stopGradient(acting.output);
    const outputs = this.actionNet.forward(this.policyNet.forward(asked(acting.output)) as Tensor);
    const value = squeeze(this.valueHead.forward(this.valueNet.forward(asked(values)) as Tensor), 1);
    return {
      distribution: this.#head.distribution(outputs, { logStd: this.logStd ?? undefined, mask }),
      value,
      state: judging === null ? acting.state : concat([acting.state, judging.state], { axis: 1 }),
    };
  }
}

/** An LSTM over features `[time · batch, size]` → its outputs in that layout, and its state `[batch, 2 · layers · hidden]`. */
function remember(
  lstm: LSTM,
  features: Tensor,
  { sizes, state, starts }: { readonly sizes: readonly [Size, Size]; readonly state: Tensor; readonly starts: Tensor },
): { output: Tensor; state: Tensor } {
  const { numLayers, hiddenSize, inputSize } = lstm;
  const apart = (part: Tensor): Tensor => swapAxes(reshape(part, [sizes[1], numLayers, hiddenSize]), 0, 1);
  const together = (part: Tensor): Tensor => reshape(swapAxes(part, 0, 1), [sizes[1], numLayers * hiddenSize]);
  const [hidden, cell] = split(state, 2, { axis: 1 }).map(apart);
  const ran = lstm.forward(reshape(features, [...sizes, inputSize]), { hidden, cell, resets: starts });
  return {
    output: reshape(ran.output, [-1, hiddenSize]),
    state: concat([together(ran.hidden), together(ran.cell)], { axis: 1 }),
  };
}

type Size = Tensor['shape'][number];

const bothLstms = (op: string): Error =>
  argumentError(
    op,
    "the value cannot have an LSTM of its own and share the actions'. Got sharedLstm and enableCriticLstm; expected one of " +
      'them. Leave enableCriticLstm out.',
  );
