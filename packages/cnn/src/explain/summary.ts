import { formatShape, trace } from '@gai/core';
import type { Shape, Tensor, TensorSpec } from '@gai/core';
import type { Module } from '@gai/nn';
import { watch } from './capture.ts';

/** One layer of a {@link Summary}. */
export interface SummaryRow {
  /** Path in the model. */
  readonly name: string;
  /** Class of the module. */
  readonly type: string;
  readonly outputShape: Shape;
  /** Parameters of this module itself, not of those inside. */
  readonly parameters: number;
}

/** What {@link summary} finds; as text it is a table. */
export interface Summary {
  readonly rows: readonly SummaryRow[];
  readonly parameters: number;
  /** Those that are trained. */
  readonly trainable: number;
  toString(): string;
}

/**
 * The layers of a model in the order they run, with output shapes and numbers of parameters.
 * @param inputs - What the model takes, as {@link spec}s.
 * @example
 * summary(new LeNet(), spec(['batch', 1, 28, 28])).parameters; // => 7434
 * @category Explanations
 */
export function summary(model: Module, ...inputs: TensorSpec[]): Summary {
  const names = new Map([...model.namedModules()].map(([name, module]) => [module, name]));
  const rows: SummaryRow[] = [];
  const record = (module: Module, _: readonly Tensor[], { shape }: Tensor): void => {
    const name = names.get(module) ?? '';
    rows.push({ name, type: module.constructor.name, outputShape: shape, parameters: ownParameters(module) });
  };
  const inside = [...names.keys()].filter((module) => module !== model);
  const restore = model.saveModes();
  model.eval();
  try {
    watch(inside, record, () => trace((...x: Tensor[]) => model.forward(...x) as Tensor, inputs));
  } finally {
    restore();
  }
  const all = model.parameters();
  const total = all.reduce((sum, parameter) => sum + count(parameter), 0);
  const trainable = all.filter((p) => p.requiresGrad).reduce((sum, parameter) => sum + count(parameter), 0);
  return { rows, parameters: total, trainable, toString: () => table(rows, total, trainable) };
}

const count = ({ shape }: Tensor): number => shape.reduce<number>((product, size) => product * Number(size), 1);

const ownParameters = (module: Module): number =>
  [...module.namedParameters()].filter(([name]) => !name.includes('.')).reduce((sum, [, p]) => sum + count(p), 0);

function table(rows: readonly SummaryRow[], total: number, trainable: number): string {
  const lines = [
    ['layer', 'type', 'output', 'parameters'],
    ...rows.map((row) => [row.name, row.type, formatShape(row.outputShape), row.parameters.toLocaleString('en')]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]!.length)));
  const text = lines.map((line) =>
    line.map((cell, column) => (column === 3 ? cell.padStart(widths[3]!) : cell.padEnd(widths[column]!))).join('  '),
  );
  return `${text.join('\n')}\n${total.toLocaleString('en')} parameters, ${trainable.toLocaleString('en')} trained`;
}
