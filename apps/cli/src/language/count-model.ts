import { DataError } from '@gai/core';
import { quoted } from '@gai/core/io';
import { modelSize } from '@gai/transformer';
import type { ConfigJson } from '@gai/transformer';
import { architectureIn, classNamed, classesOf, modelTypes } from './architectures.ts';
import type { AnyClass } from './architectures.ts';

/** What a configuration amounts to. */
export interface ModelCount {
  readonly architecture: string;
  readonly parameters: number;
  /** Tokens that a text has at most, or null: any number. */
  readonly longest: number | null;
  /** Floating point operations for each token of texts of a length, when the model runs. */
  readonly flops: (context: number) => number;
}

/** Counts parameters and operations of a configuration, without memory for its weights. */
export function countModel(json: ConfigJson, wanted: string | undefined): ModelCount {
  if (json.model_type === 'openai-gpt') return countGpt1(json, wanted);
  const Class = classFor(json, wanted);
  if (json.model_type !== Class.format.modelType) throw notKnown(json.model_type);
  const { config, parameters, multiplied, attentions } = modelSize(Class, json);
  const sizes = config as Readonly<Record<string, number | undefined>>;
  const heads =
    sizes.numAttentionHeads ?? sizes.nHead ?? sizes.nHeads ?? sizes.numHeads ?? sizes.decoderAttentionHeads ?? 1;
  const features = sizes.hiddenSize ?? sizes.nEmbd ?? sizes.dModel ?? sizes.dim ?? 0;
  const width = heads * (sizes.headDim ?? sizes.dKv ?? features / heads);
  // A product of a number with another and its sum are two operations; scores and weighted values are one product each.
  const flops = (context: number): number => 2 * multiplied + 4 * attentions * width * context;
  const longest = sizes.maxPositionEmbeddings ?? sizes.nPositions ?? null;
  return { architecture: Class.architecture, parameters, longest, flops };
}

/** The class a configuration names, or else the one of its family that gives words. */
function classFor(json: ConfigJson, wanted: string | undefined): AnyClass {
  const name = wanted ?? architectureIn(json);
  if (name !== undefined) return classNamed('estimate', name, json);
  const family = classesOf(json.model_type);
  const found = family.find(({ architecture }) => WORDS.test(architecture)) ?? family[0];
  if (found === undefined) throw notKnown(json.model_type);
  return found;
}

const WORDS = /ForCausalLM|LMHeadModel|ForMaskedLM|ForConditionalGeneration/;

/** GPT-1 has the sizes of a GPT-2 without the last norm. */
function countGpt1(json: ConfigJson, wanted: string | undefined): ModelCount {
  if (wanted !== undefined) throw notKnown(`openai-gpt as ${wanted}`);
  const { vocab_size = 40_478, n_positions = 512, n_embd = 768, n_layer = 12, n_head = 12 } = json;
  const gpt2 = { model_type: 'gpt2', vocab_size, n_positions, n_embd, n_layer, n_head };
  const { parameters, ...rest } = countModel({ ...gpt2, architectures: ['GPT2LMHeadModel'] }, undefined);
  return { ...rest, architecture: 'OpenAIGPTLMHeadModel', parameters: parameters - 2 * Number(n_embd) };
}

const notKnown = (modelType: unknown): DataError =>
  new DataError(
    `estimate: this kind of model is not known. Got model_type ${quoted(modelType)}; expected one of ` +
      `${[...modelTypes(), 'openai-gpt'].join(', ')}. Choose a configuration of these.`,
    { op: 'estimate', details: { modelType } },
  );
