import { GraphError, backward, onesLike } from '@gai/core';
import type { Tensor } from '@gai/core';
import { currentScope } from '@gai/core/ops';
import { isModuleBuffer, isParameter } from '../modules/brands.ts';
import { describeVariable } from '../modules/holders.ts';
import type { ModuleBuffer, Parameter } from '../parameter.ts';
import type { LossTerm } from './loss-term.ts';
import type { Models, TrainSetup } from './train-step.ts';
import { trained } from './trained.ts';

/**
 * Refuses a step in which a trainable parameter would be left as it is without anybody having said so: its model has no
 * optimizer or no loss, two models have it, or it belongs to no model of the step. Likewise a buffer that no model has: it
 * would be updated and not saved.
 */
export function checkCovered<M extends Models>(
  { models, optimizers }: TrainSetup<M>,
  losses: Readonly<Record<string, unknown>>,
  terms: readonly LossTerm[],
): void {
  const owners = new Map<Parameter, string>();
  for (const [name, model] of Object.entries(models)) {
    const entries = trained(model);
    const [first] = entries;
    if (first !== undefined && optimizers[name] === undefined) throw noOptimizer(name, first[0], entries.length);
    if (first !== undefined && optimizers[name] !== null && losses[name] === undefined) throw noLoss(name, first[0]);
    if (optimizers[name] == null || losses[name] == null) continue;
    for (const [path, parameter] of entries) {
      const owner = owners.get(parameter);
      if (owner !== undefined) throw twoOwners(path, owner, name);
      owners.set(parameter, name);
    }
  }
  checkStrangers(new Set(Object.values(models).flatMap((model) => model.parameters())), terms);
  checkBuffers(new Set(Object.values(models).flatMap((model) => model.buffers())));
}

/** Refuses an assignment to a buffer that belongs to a state dict, but to none of the models'. */
function checkBuffers(known: ReadonlySet<ModuleBuffer>): void {
  for (let scope = currentScope(); scope !== null; scope = scope.parent) {
    for (const variable of scope.assignments.keys()) {
      if (isModuleBuffer(variable) && variable.persistent && !known.has(variable)) throw strangeBuffer(variable);
    }
  }
}

/** Refuses a loss with a gradient for a trainable parameter that is in none of the models. */
function checkStrangers(known: ReadonlySet<Parameter>, terms: readonly LossTerm[]): void {
  for (const { name, value } of terms) {
    const strangers = parametersBehind(value).filter((found) => found.requiresGrad && !known.has(found));
    if (strangers.length === 0) continue;
    const gradients = backward([value], [onesLike(value)], strangers);
    const reached = strangers.find((_, index) => gradients[index] != null);
    if (reached !== undefined) throw stranger(reached, name);
  }
}

/** The parameters a value is computed from. */
function parametersBehind(value: Tensor): Parameter[] {
  const seen = new Set([value.node]);
  const found = new Set<Parameter>();
  for (const node of seen) {
    const leaf = node.values[0];
    if (leaf?.kind === 'variable' && isParameter(leaf.variable)) found.add(leaf.variable);
    for (const input of node.inputs) seen.add(input.node);
  }
  return [...found];
}

const noOptimizer = (name: string, path: string, count: number): GraphError =>
  new GraphError(
    `trainStep: the model '${name}' has no optimizer. Got ${count} trainable parameters ('${path}' is the first); expected ` +
      `an optimizer, or none to train. Give it one, freeze it with requiresGrad(false), or say optimizers: { ${name}: null }.`,
    { op: 'trainStep', details: { model: name, parameter: path } },
  );

const noLoss = (name: string, path: string): GraphError =>
  new GraphError(
    `trainStep: no loss for the model '${name}'. Got trainable parameters ('${path}' is the first) and an optimizer; ` +
      `expected losses.${name}. Return it, or null where the model is not updated in this step.`,
    { op: 'trainStep', details: { model: name, parameter: path } },
  );

const twoOwners = (path: string, first: string, second: string): GraphError =>
  new GraphError(
    `trainStep: the parameter '${path}' is in two models. Got it in '${first}' and '${second}', each with an optimizer; ` +
      `expected one update of it. Train it in one of them.`,
    { op: 'trainStep', details: { models: [first, second], parameter: path } },
  );

const stranger = (parameter: Parameter, loss: string): GraphError =>
  new GraphError(
    `trainStep: the loss '${loss}' depends on a parameter that no model holds. Got the trainable parameter ` +
      `${describeVariable(parameter)}; expected one of setup.models. Add its module to the models, freeze it with ` +
      `requiresGrad(false), or use stopGradient. Parts in #private fields are not found: make them public, or name them in ` +
      `an override of children().`,
    { op: 'trainStep', details: { parameter: parameter.name } },
  );

const strangeBuffer = (buffer: ModuleBuffer): GraphError =>
  new GraphError(
    `trainStep: a buffer that no model holds is updated. Got ${describeVariable(buffer)}; expected one of setup.models, or it ` +
      `would not be saved. Add its module to the models, or call its eval(). Parts in #private fields are not found: make ` +
      `them public, or name them in an override of children().`,
    { op: 'trainStep', details: { buffer: buffer.name } },
  );
