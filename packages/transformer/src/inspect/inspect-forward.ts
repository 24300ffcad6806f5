import { isTensor } from '@gai/core';
import type { AttentionOptions, Tensor } from '@gai/core';
import { tap } from '@gai/nn';
import type { Module } from '@gai/nn';
import { attentionSteps } from '../attention/attention-steps.ts';
import type { AttentionSteps } from '../attention/attention-steps.ts';
import { DotProductAttention } from '../attention/dot-product-attention.ts';
import { isStack } from '../models/stack.ts';

/**
 * What happened in one layer.
 * @category Inspecting
 */
export interface LayerTrace {
  /** The layer attending to its own sequence. */
  readonly attention?: AttentionSteps | undefined;
  /** The layer attending to another sequence. */
  readonly crossAttention?: AttentionSteps | undefined;
}

/**
 * What happened in the layers that are gone through one after the other: an encoder or a decoder.
 * @category Inspecting
 */
export interface StackTrace {
  /** `[batch, time, features]`: what goes into each layer, and at last what comes out of all, after the last norm if there is one. */
  readonly hiddenStates: readonly Tensor[];
  /** Of each layer. */
  readonly layers: readonly LayerTrace[];
}

/**
 * What {@link inspectForward} returns.
 * @category Inspecting
 */
export interface Inspected<Output> {
  /** What the function returned. */
  readonly output: Output;
  /** By path in the model: `encoder` and `decoder` of T5, `bert.encoder` of BERT with a head. */
  readonly stacks: Readonly<Record<string, StackTrace>>;
  /** The hidden states of the last stack. */
  readonly hiddenStates: readonly Tensor[];
  /** The layers of the last stack. */
  readonly layers: readonly LayerTrace[];
}

/**
 * Runs a model and keeps every hidden state, and of every attention the scores, weights and each head's output.
 *
 * Inside a traced function the tensors belong to the trace: return those you want. The model itself computes as always.
 * Every layer has to run: a decoder with a cache attends elsewhere, and an encoder that was run before does not run.
 * @param model - Any model of this package.
 * @param run - Synchronous; runs the model.
 * @throws {@link ArgumentError} if a layer did not run.
 * @example
 * const model = new LlamaForCausalLM({ vocabSize: 50, hiddenSize: 16, intermediateSize: 32, numHiddenLayers: 2, numAttentionHeads: 4 }).eval();
 * const { hiddenStates, layers } = inspectForward(model, () => model.forward(tensor([[2, 7, 3]], { dtype: 'int32' })));
 * hiddenStates.map(({ shape }) => String(shape)); // => ['1,3,16', '1,3,16', '1,3,16']
 * layers[1]!.attention!.weights.shape; // => [1, 4, 3, 3]
 * @category Inspecting
 */
export function inspectForward<Output>(model: Module, run: () => Output): Inspected<Output> {
  const modules = [...model.namedModules()];
  const inputs = new Runs<Tensor>();
  const outputs = new Map<string, Tensor>();
  const steps = new Runs<AttentionSteps>();
  const listeners: Record<string, (output: unknown, run: { readonly inputs: readonly unknown[] }) => void> = {};
  const stacks = modules.flatMap(([path, module]) => {
    if (!isStack(module)) return [];
    listeners[path] = (output) => void outputs.set(path, hiddenOf(output));
    return [{ path, blocks: module.blocks() }];
  });
  const blocks = new Set(stacks.flatMap((stack) => stack.blocks));
  for (const [path, module] of modules) {
    if (blocks.has(module)) listeners[path] = (_, { inputs: given }) => inputs.add(path, given[0] as Tensor);
    if (module instanceof DotProductAttention)
      listeners[path] = (_, { inputs: given }) => steps.add(path, stepsOf(given));
  }
  const { output } = tap<Output, unknown>(model, listeners, run);
  const pathOf = new Map(modules.map(([path, module]) => [module, path]));
  const traces = stacks.map(({ path, blocks: own }): [string, StackTrace] => {
    const turns = turnsOf(own.map((block) => pathOf.get(block)!));
    const hiddenStates = [...turns.map((turn) => inputs.of(turn)!), outputs.get(path)!];
    return [path, { hiddenStates, layers: turns.map((turn) => layerTrace(model, turn, steps)) }];
  });
  const last = traces.at(-1)?.[1] ?? { hiddenStates: [], layers: [] };
  return { output, stacks: Object.fromEntries(traces), ...last };
}

/** A module, and how often it ran before: layers may be shared. */
interface Turn {
  readonly path: string;
  readonly before: number;
}

/** What happened each time that a module ran. */
class Runs<Value> {
  readonly #found = new Map<string, Value[]>();

  add(path: string, value: Value): void {
    this.#found.set(path, [...(this.#found.get(path) ?? []), value]);
  }

  of({ path, before }: Turn): Value | undefined {
    return this.#found.get(path)?.[before];
  }

  paths(): Iterable<string> {
    return this.#found.keys();
  }
}

/** The modules that ran one after the other, some of them again and again. */
const turnsOf = (paths: readonly string[]): Turn[] =>
  paths.map((path, index) => ({ path, before: paths.slice(0, index).filter((each) => each === path).length }));

/** A stack gives its hidden states, or an object with the last of them. */
function hiddenOf(output: unknown): Tensor {
  return isTensor(output) ? output : (output as { readonly lastHiddenState: Tensor }).lastHiddenState;
}

function stepsOf(given: readonly unknown[]): AttentionSteps {
  const [query, key, value, options] = given as [Tensor, Tensor, Tensor, AttentionOptions | undefined];
  return attentionSteps(query, key, value, options);
}

function layerTrace(model: Module, layer: Turn, steps: Runs<AttentionSteps>): LayerTrace {
  const trace: { attention?: AttentionSteps; crossAttention?: AttentionSteps } = {};
  const modules = model.namedModules();
  for (const path of steps.paths()) {
    if (!path.startsWith(`${layer.path}.`)) continue;
    const { kind } = modules.get(path) as DotProductAttention;
    trace[kind === 'self' ? 'attention' : 'crossAttention'] = steps.of({ ...layer, path })!;
  }
  return trace;
}
