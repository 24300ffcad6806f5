import { dimEquals, formatDim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { TensorType } from '../ir/op.ts';
import { formatShape } from '../shape.ts';

/** An equation with every axis named: letters as given, the axes of `...` as `0`, `1`, … counted from the last. */
export interface Equation {
  /** The labels of each operand's axes. */
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
  /** The size of every label. */
  readonly sizes: ReadonlyMap<string, Dim>;
}

/** What messages quote of an equation. */
const clipped = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

function refuse(text: string, problem: string, rule: string): never {
  throw new ArgumentError(`einsum: ${problem}. Got '${text}'; expected ${rule}. Rewrite the equation.`, {
    op: 'einsum',
    details: { equation: text },
  });
}

const ELLIPSIS = '...';

/** Letters and at most one `...`, as a list. */
function labelsOf(term: string, text: string): string[] {
  const labels = term.match(/\.\.\.|[^]/g) ?? [];
  if (labels.some((label) => label !== ELLIPSIS && !/^[A-Za-z]$/.test(label))) {
    refuse(text, `no label in '${clipped(term)}'`, "letters and '...' only, as in 'bij,bjk->bik'");
  }
  if (labels.filter((label) => label === ELLIPSIS).length <= 1) return labels;
  return refuse(text, `'...' stands twice in '${clipped(term)}'`, "'...' at most once for each operand");
}

/** The labels of an operand with `...` spelled out for its rank. */
function spelled(labels: readonly string[], type: TensorType, text: string): string[] {
  const rank = type.shape.length;
  const named = labels.filter((label) => label !== ELLIPSIS).length;
  const wrong = labels.includes(ELLIPSIS) ? named > rank : named !== rank;
  if (wrong) {
    throw new ShapeError(
      `einsum: the number of axes does not fit '${clipped(labels.join(''))}' of '${text}'. Got an operand ` +
        `${formatShape(type.shape)}; expected ${labels.includes(ELLIPSIS) ? `at least ${named}` : named} axes. Reshape it, ` +
        `or rewrite the equation.`,
      { op: 'einsum', details: { equation: text, shape: formatShape(type.shape) } },
    );
  }
  const others = Array.from({ length: rank - named }, (_, index) => String(rank - named - 1 - index));
  return labels.flatMap((label) => (label === ELLIPSIS ? others : [label]));
}

/** The size of each label; sizes of 1 broadcast. */
function sizesOf(inputs: readonly (readonly string[])[], types: readonly TensorType[], text: string): Map<string, Dim> {
  const sizes = new Map<string, Dim>();
  inputs.forEach((labels, operand) =>
    labels.forEach((label, axis) => {
      const size = types[operand]!.shape[axis]!;
      const known = sizes.get(label) ?? 1;
      if (known === 1) sizes.set(label, size);
      if (known === 1 || size === 1 || dimEquals(known, size)) return;
      throw new ShapeError(
        `einsum: an index has two sizes in '${text}'. Got ${formatDim(known)} and ${formatDim(size)} for ` +
          `${/\d/.test(label) ? "an axis of '...'" : `'${label}'`}, operands ` +
          `${types.map((type) => formatShape(type.shape)).join(', ')}; expected equal sizes, or 1. Rename one of them.`,
        { op: 'einsum', details: { equation: text, label } },
      );
    }),
  );
  return sizes;
}

/** Reads an equation such as `bij,bjk->bik` for operands of given types. */
export function parseEquation(given: string, types: readonly TensorType[]): Equation {
  const [left, right, ...more] = given.replaceAll(/\s/g, '').split('->') as [string, ...string[]];
  const text = clipped(given);
  const terms = left.split(',');
  if (more.length > 0) refuse(text, "two '->'", "at most one '->'");
  if (terms.length !== types.length) {
    refuse(text, 'the number of operands does not fit', `one term for each of the ${types.length} operands`);
  }
  const inputs = terms.map((term, index) => spelled(labelsOf(term, text), types[index]!, text));
  const all = inputs.flat();
  const ellipsis = [...new Set(all.filter((label) => /\d/.test(label)))].sort((a, b) => Number(b) - Number(a));
  const once = [...new Set(all.filter((label) => /\D/.test(label)))].filter(
    (label) => all.indexOf(label) === all.lastIndexOf(label),
  );
  const output =
    right === undefined
      ? [...ellipsis, ...once.sort()]
      : labelsOf(right, text).flatMap((label) => (label === ELLIPSIS ? ellipsis : [label]));
  checkOutput(output, all, text);
  return { inputs, output, sizes: sizesOf(inputs, types, text) };
}

function checkOutput(output: readonly string[], all: readonly string[], text: string): void {
  const unknown = output.find((label) => !all.includes(label));
  if (unknown !== undefined) refuse(text, `'${unknown}' is in no operand`, 'output indices that an operand has');
  if (new Set(output).size === output.length) return;
  refuse(text, 'an index stands twice in the output', 'each at most once. Use diagEmbed for a diagonal');
}
