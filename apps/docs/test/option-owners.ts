import { jit, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { openGguf } from '@gai/formats';
import { openModelCache } from '@gai/hub/node';
import { Linear, mse, sgd, trainStep } from '@gai/nn';
import { search } from '@gai/nn/search';
import { hashingEmbedder, scriptedGenerator } from '@gai/providers';
import { openAICompatible, openAIEmbedder } from '@gai/providers/openai';
import { memoryStore } from '@gai/rag';
import * as rl from '@gai/rl';
import { A2C, VecCheckNan, VecNormalize } from '@gai/rl/deep';
import { characterTokenizer } from '@gai/tokenizers';
import { LlamaForCausalLM } from '@gai/transformer';
import { textGenerator } from '@gai/transformer/text';

const cartPole = (): rl.CartPole => new rl.CartPole();
const mountainCar = (): rl.MountainCar => new rl.MountainCar();
const pendulum = (): rl.Pendulum => new rl.Pendulum();
const server = { baseURL: 'http://127.0.0.1:1/v1', model: 'none' };
const tiny = (): LlamaForCausalLM =>
  new LlamaForCausalLM({ vocabSize: 4, hiddenSize: 4, intermediateSize: 4, numHiddenLayers: 1, numAttentionHeads: 1 });

type Maker = () => object | Promise<object>;

/**
 * Owners of methods that have to be made: what functions return, all that are of one type, and classes whose methods ask a thing they
 * hold. Of any other class a thing that nothing was done to is enough, since options are looked at first.
 */
export const OWNERS: Readonly<Record<string, readonly Maker[]>> = {
  Jitted: [() => jit((x: Tensor) => x)],
  TrainStep: [
    () => {
      const model = new Linear({ inFeatures: 1, outFeatures: 1 });
      return trainStep({ models: { model }, optimizers: { model: sgd() } }, (models, { x }: { x: Tensor }) => ({
        losses: { model: mse(models.model.forward(x), tensor([[1]])) },
      }));
    },
  ],
  Trial: [
    async () => {
      let trial: object | undefined;
      await search({ space: { x: { choices: [1] } }, run: ({ x }, own) => ((trial = own), x), trials: 1 });
      return trial!;
    },
  ],
  GgufFile: [() => openGguf(Uint8Array.from([...'GGUF'].map((c) => c.charCodeAt(0)).concat([3], Array(19).fill(0))))],
  ModelCache: [() => openModelCache({ folder: '/nowhere' })],
  TextGenerator: [() => scriptedGenerator(['a']), () => openAICompatible(server)],
  LocalTextGenerator: [() => textGenerator({ model: tiny(), tokenizer: characterTokenizer('abc') })],
  Embedder: [() => hashingEmbedder(), () => openAIEmbedder(server)],
  Store: [() => memoryStore()],
  AutoResult: [tiny],
  A2C: [() => new A2C('MlpPolicy', 'CartPole-v1')],
  Acrobot: [() => new rl.Acrobot()],
  BlackjackEnv: [() => new rl.BlackjackEnv()],
  CartPole: [cartPole],
  CliffWalkingEnv: [() => new rl.CliffWalkingEnv()],
  MountainCar: [mountainCar],
  MountainCarContinuous: [() => new rl.MountainCarContinuous()],
  Pendulum: [pendulum],
  PixelCar: [() => new rl.PixelCar()],
  PixelGrid: [() => new rl.PixelGrid()],
  ClipAction: [() => new rl.ClipAction(pendulum())],
  FlattenObservation: [() => new rl.FlattenObservation(cartPole())],
  FrameStack: [() => new rl.FrameStack(cartPole(), { stackSize: 2 })],
  NormalizeObservation: [() => new rl.NormalizeObservation(pendulum())],
  NormalizeReward: [() => new rl.NormalizeReward(cartPole())],
  RecordEpisodeStatistics: [() => new rl.RecordEpisodeStatistics(cartPole())],
  RescaleAction: [() => new rl.RescaleAction(pendulum())],
  StickyAction: [() => new rl.StickyAction(mountainCar(), { repeatProbability: 0.5 })],
  TimeAware: [() => new rl.TimeAware(rl.make('CartPole-v1'))],
  TimeLimit: [() => new rl.TimeLimit(cartPole(), 2)],
  TransformReward: [() => new rl.TransformReward(cartPole(), (reward) => reward)],
  VecCheckNan: [() => new VecCheckNan(cartPole())],
  VecNormalize: [() => new VecNormalize(pendulum())],
};

const OWN = 'an interface that users implement; classes of ours that do are tried';
const OURS = 'called by us: it gets what trainStep or fit give it';
const LATER =
  'fields of the configuration are options too: what else there is, is refused once config.json is read (check-changes.ts)';
const AGENT = 'what is no option of loading goes on to the constructor, which refuses it';

/** Methods whose settings no user chooses, or that others look at, with the reason. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'NodeBackend#load': 'for authors of backends: sessions are loaded by core',
  'Loss#()': 'every loss of ours is tried as a function',
  'Optimizer#update': OURS,
  'BatchSource#loader': OURS,
  'FitContext#checkpoint': 'hands its settings to TrainStep#state',
  'Classifier#classify': OWN,
  'Reranker#score': OWN,
  'Env#reset': OWN,
  'Wrapper#reset': OWN,
  'VectorEnv#reset': OWN,
  'TabularEnv#reset': OWN,
  'FeatureEnv#reset': OWN,
  'AECEnv#reset': OWN,
  'ParallelEnv#reset': OWN,
  'TurnBasedEnv#reset': OWN,
  'A2C.load': AGENT,
  'DQN.load': AGENT,
  'PPO.load': AGENT,
  'RecurrentPPO.load': AGENT,
  'REINFORCE.load': AGENT,
  'SAC.load': AGENT,
  'TD3.load': AGENT,
  'AutoModel.fromPretrained': LATER,
  'AutoModelForCausalLM.fromPretrained': LATER,
  'AutoModelForMaskedLM.fromPretrained': LATER,
  'AutoModelForNextSentencePrediction.fromPretrained': LATER,
  'AutoModelForPreTraining.fromPretrained': LATER,
  'AutoModelForQuestionAnswering.fromPretrained': LATER,
  'AutoModelForSeq2SeqLM.fromPretrained': LATER,
  'AutoModelForSequenceClassification.fromPretrained': LATER,
  'AutoModelForTokenClassification.fromPretrained': LATER,
  'PretrainedModel.fromPretrained': LATER,
};
