import { packed } from '@gai/data';
import type { PackedBatch } from '@gai/data';
import type { TokenFile } from '@gai/data/node';
import { adamW, chain, checkpoint, clipByGlobalNorm, fit, muon } from '@gai/nn';
import type { Callback, Checkpoint, FitOptions, Optimizer } from '@gai/nn';
import { segmentMask, tokenLoss } from '@gai/transformer';
import type { LlamaForCausalLM } from '@gai/transformer';
import { interruptSignal } from '../interrupt.ts';
import type { Streams } from '../streams.ts';
import type { RunClock } from './clock.ts';
import type { GptPreset } from './presets.ts';
import { showProgress } from './show-progress.ts';
import { ownedStorage } from './record.ts';
import type { GptSetup } from './setup.ts';

/** What is trained, on what. */
export interface GptRun {
  readonly model: LlamaForCausalLM;
  readonly setup: GptSetup;
  readonly preset: GptPreset;
  readonly clock: RunClock;
}

export interface TrainModelOptions {
  readonly seed: number;
  readonly out: string;
  readonly resume: Checkpoint | undefined;
  /** Tokens that are to be measured afterwards. */
  readonly heldOutTokens: number;
}

export interface TrainedModel {
  readonly steps: number;
  /** While it was trained, what was shown and saved in between included. */
  readonly tokensPerSecond: number;
}

/** Steps between two checkpoints. */
const SAVE_EVERY = 200;
/** What the gradients' common norm is cut to. */
const LARGEST_NORM = 1;

/** Trains until the clock has run down; a checkpoint is in the folder all the while. */
export async function trainModel(run: GptRun, options: TrainModelOptions, streams: Streams): Promise<TrainedModel> {
  const { model, setup, preset, clock } = run;
  const { seed, out, resume } = options;
  const { length, batchSize } = preset;
  const began = performance.now();
  const first = resume?.step ?? 0;
  const end: Callback = {
    name: 'end',
    everySteps: 1,
    onFitBegin: (context) => {
      if (clock.done(context.step) >= 1) context.stop('it was finished');
    },
    onStepEnd: (context) => {
      if (clock.done(context.step) >= 1) context.stop('the time is up');
    },
  };
  const interrupt = interruptSignal();
  try {
    const { steps } = await fit<PackedBatch>(model, {
      ...gptFitOptions({ tokens: setup.tokens, preset, clock }, seed),
      callbacks: [
        showProgress(run, options, streams),
        end,
        checkpoint(out, { everySteps: SAVE_EVERY, storage: ownedStorage(out, setup.record.owner) }),
      ],
      signal: interrupt.signal,
      resume,
    });
    const seconds = (performance.now() - began) / 1000;
    return { steps, tokensPerSecond: ((steps - first) * length * batchSize) / seconds };
  } finally {
    interrupt.release();
  }
}

/** What a model learns from, and how. */
export interface GptSource {
  readonly tokens: TokenFile;
  readonly preset: GptPreset;
  readonly clock: RunClock;
}

/** How a model is trained; a replay of the run has the same. */
export function gptFitOptions({ tokens, preset, clock }: GptSource, seed: number): FitOptions<PackedBatch> {
  const { length, batchSize } = preset;
  return {
    train: packed(tokens, { length, batchSize, seed }),
    inputs: ({ x, segments, positionIds }) => [x, { attentionMask: segmentMask(segments), positionIds }],
    loss: tokenLoss,
    optimizer: optimizerOf(preset, clock),
    epochs: Number.MAX_SAFE_INTEGER,
    seed,
  };
}

/** Muon for the matrices of the layers, AdamW for the rest; norms do not decay. */
function optimizerOf({ matrixRate, otherRate }: GptPreset, clock: RunClock): Optimizer {
  const others = adamW({
    learningRate: clock.schedule(otherRate),
    b2: 0.95,
    weightDecay: 0.1,
    groups: [{ parameters: /norm/, weightDecay: 0 }],
  });
  const matrices = muon({
    learningRate: clock.schedule(matrixRate),
    weightDecay: 0.1,
    matrices: /layers\..*_proj\.weight$/,
    others,
  });
  return chain(clipByGlobalNorm(LARGEST_NORM), matrices);
}

/** Seconds of training that a checkpoint has behind it. What says none counts nothing: `fit` refuses a progress that is malformed. */
export function secondsOf(checkpointed: Checkpoint | undefined): number {
  const { sums, history } = checkpointed?.progress ?? {};
  return [sums, ...(Array.isArray(history) ? history : [])].reduce<number>((total, one) => {
    const seconds = typeof one === 'object' && one !== null && 'seconds' in one ? one.seconds : 0;
    return total + (typeof seconds === 'number' && seconds > 0 ? seconds : 0);
  }, 0);
}
