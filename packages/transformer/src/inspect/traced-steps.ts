import { gather, logSumExp, mul, reshape, stack, sub, topK, unsqueeze, unstack } from '@gai/core';
import type { Tensor } from '@gai/core';
import { tap } from '@gai/nn';
import type { Module, TapFunction } from '@gai/nn';
import { DotProductAttention } from '../attention/dot-product-attention.ts';
import type { DecoderLanguageModel } from '../models/generative.ts';
import { isStack } from '../models/stack.ts';
import { inspectForward } from './inspect-forward.ts';

/** Most tokens that a logit lens names at a place. */
export const LENS_TOKENS = 10;

/** What the traced function gives. */
export interface TracedSteps {
  readonly logits: Tensor;
  readonly residuals: Tensor;
  readonly attentionUpdates: Tensor;
  readonly feedForwardUpdates: Tensor;
  readonly queries: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
  readonly scores: Tensor;
  readonly weights: Tensor;
  readonly headOutputs: Tensor;
  readonly lensTokens: Tensor;
  readonly lensLogProbs: Tensor;
}

/** What the listeners of one run have heard, in the order of the layers. */
class Heard {
  readonly blocks: Tensor[] = [];
  readonly attention: Tensor[] = [];
  readonly feedForward: Tensor[] = [];
  readonly queries: Tensor[] = [];
  readonly keys: Tensor[] = [];
  readonly values: Tensor[] = [];
  readonly heads: Tensor[] = [];
}

/**
 * A model's forward run with everything on its way, for a trace.
 * @param ids - `[time]`, int32.
 * @param headMask - `[layers, heads]`: what each head's output is multiplied by.
 * @param places - `[places]`, int32: positions that the lens looks at.
 */
export function tracedSteps(
  model: DecoderLanguageModel,
  ids: Tensor,
  { headMask, places }: { readonly headMask: Tensor; readonly places: Tensor },
): TracedSteps {
  const heard = new Heard();
  const listeners = listenersOf(model, heard, headMask);
  const run = (): ReturnType<typeof inspectForward<Tensor>> =>
    inspectForward(model, () => model.forward(unsqueeze(ids, 0)));
  const { output } = tap<ReturnType<typeof run>, unknown>(model, listeners, run);
  const { hiddenStates, layers, output: logits } = output;
  const residuals = joined([hiddenStates[0]!, ...heard.blocks]); // [layers + 1, time, features]
  return {
    logits: first(logits),
    residuals,
    attentionUpdates: joined(heard.attention),
    feedForwardUpdates: joined(heard.feedForward),
    queries: joined(heard.queries),
    keys: joined(heard.keys),
    values: joined(heard.values),
    scores: joined(layers.map(({ attention }) => attention!.scaled)),
    weights: joined(layers.map(({ attention }) => attention!.weights)),
    headOutputs: joined(heard.heads),
    ...lensOf(model, gather(residuals, places, { axis: 1 })),
  };
}

/** Of a batch of one, that one. */
const first = (x: Tensor): Tensor => reshape(x, x.shape.slice(1));

/** Tensors of a batch of one, along a new first axis. */
const joined = (tensors: readonly Tensor[]): Tensor => stack(tensors.map(first));

function listenersOf(model: Module, heard: Heard, headMask: Tensor): Record<string, TapFunction<unknown>> {
  const modules = model.namedModules();
  const stackOf = [...modules.values()].find(isStack)!;
  const listeners: Record<string, TapFunction<unknown>> = {};
  const keep =
    (list: Tensor[]): TapFunction<unknown> =>
    (output) =>
      void list.push(output as Tensor);
  const strengths = unstack(headMask).map((layer) => reshape(layer, [1, -1, 1, 1]));
  for (const [layer, block] of stackOf.blocks().entries()) {
    const path = [...modules].find(([, module]) => module === block)![0];
    const core = [...modules].find(
      ([name, module]) => name.startsWith(`${path}.`) && module instanceof DotProductAttention,
    )![0];
    listeners[path] = keep(heard.blocks);
    listeners[`${path}.mlp`] = keep(heard.feedForward);
    listeners[core.slice(0, core.lastIndexOf('.'))] = keep(heard.attention);
    listeners[core] = (output, { inputs }) => {
      const [query, key, value] = inputs as [Tensor, Tensor, Tensor];
      heard.queries.push(query);
      heard.keys.push(key);
      heard.values.push(value);
      const heads = mul(output as Tensor, strengths[layer]!);
      heard.heads.push(heads);
      return heads;
    };
  }
  return listeners;
}

/** The best tokens if the model ended after each layer: `[layers + 1, places, features]` → `[layers + 1, places, tokens]`. */
function lensOf(model: DecoderLanguageModel, states: Tensor): Pick<TracedSteps, 'lensTokens' | 'lensLogProbs'> {
  const logits = model.readOut(states);
  const { values, indices } = topK(logits, Math.min(LENS_TOKENS, model.decoding.vocabulary));
  return { lensTokens: indices, lensLogProbs: sub(values, logSumExp(logits, { axis: -1, keepDims: true })) };
}
