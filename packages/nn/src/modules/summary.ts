import { formatShape, isTensor, mapTree, flattenTree, trace } from '@gai/core';
import type { DType, Shape, Tensor } from '@gai/core';
import { bytesPerElement } from '@gai/core/ops';
import type { Module } from '../module.ts';
import type { ModuleBuffer, Parameter } from '../parameter.ts';
import { isParameter } from './brands.ts';
import { checkModel } from './check-model.ts';
import { withTaps } from './taps.ts';
import { isVariablePart } from './walk.ts';

/** One tensor that a module returns, in a {@link SummaryRow}. */
export interface SummaryOutput {
  /** Where it stands in what the module returns, for example `.hidden`; '' where it is all of it. */
  readonly path: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** One module of a {@link Summary}. */
export interface SummaryRow {
  /** Path in the model. */
  readonly name: string;
  /** Class of the module. */
  readonly type: string;
  /** What it returned when it last ran; empty if it did not run, or no inputs were given. */
  readonly outputs: readonly SummaryOutput[];
  /** How often it ran. */
  readonly calls: number;
  /** Numbers in the parameters of the module itself, not of those inside; shared ones count where they come first. */
  readonly parameters: number;
  /** Those of them that are trained. */
  readonly trainable: number;
  /** Memory of its own parameters and buffers, in bytes. */
  readonly bytes: number;
}

/** What {@link summary} finds; as text it is a table. */
export interface Summary {
  readonly rows: readonly SummaryRow[];
  /** Numbers in all parameters of the model. */
  readonly parameters: number;
  /** Those of them that are trained. */
  readonly trainable: number;
  /** Memory of all parameters and buffers, in bytes. */
  readonly bytes: number;
  toString(): string;
}

/**
 * The modules of a model with their numbers of parameters, whether these are trained, and their memory; with inputs also
 * what each returns, in the order they run.
 *
 * The model is traced in evaluation mode, not computed, and stays as it was.
 * @param model - Any model.
 * @param inputs - What its `forward` takes, with {@link spec}s (or tensors) for tensors. Default: nothing is run, and the
 *   rows are in the order of the fields.
 * @example
 * const net = new Sequential(new Linear({ inFeatures: 4, outFeatures: 8 }), relu);
 * const { rows, parameters } = summary(net, spec(['batch', 4]));
 * parameters; // => 40
 * rows[0]!.type; // => 'Linear'
 * formatShape(rows[0]!.outputs[0]!.shape); // => '[batch,8]'
 * @category Modules
 */
export function summary(model: Module, ...inputs: unknown[]): Summary {
  checkModel('summary', model);
  const names = new Map([...model.namedModules()].map(([name, module]) => [module, name]));
  const runs = inputs.length === 0 ? new Map<Module, Run>() : watch(model, [...names.keys()], inputs);
  const own = ownVariables(model);
  const inOrder = new Set([...runs.keys(), ...names.keys()]);
  const rows = [...inOrder].map((module): SummaryRow => {
    const { outputs = [], calls = 0 } = runs.get(module) ?? {};
    const type = module.constructor.name;
    return { name: names.get(module)!, type, outputs, calls, ...sizes(own.get(module) ?? []) };
  });
  // The model itself has a row only where it has parameters of its own.
  const shown = rows.filter(({ name, bytes }) => name !== '' || bytes > 0);
  const totals = sizes([...own.values()].flat());
  return { rows: shown, ...totals, toString: () => table(shown, totals, inputs.length > 0) };
}

interface Run {
  readonly outputs: readonly SummaryOutput[];
  readonly calls: number;
}

/** Traces the model; runs by module, in the order in which modules first finish. */
function watch(model: Module, modules: readonly Module[], inputs: readonly unknown[]): Map<Module, Run> {
  const runs = new Map<Module, Run>();
  const listeners = modules.map((module) => {
    const listener = (output: unknown): unknown => {
      const before = runs.get(module);
      runs.set(module, { outputs: outputsOf(output), calls: (before?.calls ?? 0) + 1 });
      return output;
    };
    return [module, listener] as const;
  });
  const restore = model.saveModes();
  model.eval();
  try {
    withTaps(new Map(listeners), () => trace((...given: unknown[]) => tensorsOf(model.forward(...given)), inputs));
  } finally {
    restore();
  }
  return runs;
}

/** What a trace may return: a model may give numbers or nothing beside its tensors. */
const tensorsOf = (output: unknown): unknown => mapTree(output, (leaf) => (isTensor(leaf) ? leaf : null));

function outputsOf(output: unknown): SummaryOutput[] {
  const { leaves, paths } = flattenTree(output);
  return leaves.flatMap((leaf, index) =>
    isTensor(leaf) ? [{ path: paths[index]!, shape: leaf.shape, dtype: leaf.dtype }] : [],
  );
}

type Own = Parameter | ModuleBuffer;

/** Parameters and buffers by the module they belong to, each once. */
function ownVariables(model: Module): Map<Module, Own[]> {
  const seen = new Set<Own>();
  const own = new Map<Module, Own[]>();
  for (const module of model.namedModules().values()) {
    const parts = [...module.children().values()];
    const fresh = parts.filter((part): part is Own => isVariablePart(part) && !seen.has(part));
    for (const part of fresh) seen.add(part);
    own.set(module, [...new Set(fresh)]);
  }
  return own;
}

function sizes(variables: readonly Own[]): { parameters: number; trainable: number; bytes: number } {
  let [parameters, trainable, bytes] = [0, 0, 0];
  for (const variable of variables) {
    const count = countOf(variable);
    bytes += count * bytesPerElement(variable.dtype);
    if (!isParameter(variable)) continue;
    parameters += count;
    if (variable.requiresGrad) trainable += count;
  }
  return { parameters, trainable, bytes };
}

const countOf = ({ shape }: Tensor): number => shape.reduce<number>((product, size) => product * Number(size), 1);

const inEnglish = (value: number): string => value.toLocaleString('en');

function table(rows: readonly SummaryRow[], totals: Omit<Summary, 'rows' | 'toString'>, withOutputs: boolean): string {
  const cells = (row: SummaryRow): string[] => [
    row.name === '' ? '(model)' : row.name,
    row.type,
    ...(withOutputs ? [outputText(row)] : []),
    inEnglish(row.parameters),
    row.parameters === 0 ? '' : row.trainable === row.parameters ? 'yes' : row.trainable === 0 ? 'no' : 'partly',
  ];
  const head = ['layer', 'type', ...(withOutputs ? ['output'] : []), 'parameters', 'trained'];
  const lines = [head, ...rows.map(cells)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const numbers = head.indexOf('parameters');
  const text = lines.map((line) =>
    line
      .map((cell, column) => (column === numbers ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  const { parameters, trainable, bytes } = totals;
  return `${text.join('\n')}\n${inEnglish(parameters)} parameters, ${inEnglish(trainable)} trained, ${inEnglish(bytes)} bytes`;
}

function outputText({ outputs, calls }: SummaryRow): string {
  const shapes = outputs.map(
    ({ path, shape }) => `${path === '' ? '' : `${path.replace(/^\./, '')} `}${formatShape(shape)}`,
  );
  return `${shapes.join(', ')}${calls > 1 ? ` (${calls} times)` : ''}`;
}
