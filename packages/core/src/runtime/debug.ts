import { checkOptionNames } from '../argument.ts';
import type { EffectValue, OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { GraphError } from '../errors.ts';
import { formatShape } from '../shape.ts';
import { bind } from '../trace/bind.ts';
import { toNumber } from '../number.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';

// Input 0 is handed through; output 1 is what the effect looks at.
const passThrough = {
  kind: 'op' as const,
  infer: ([x]: readonly [Tensor | { dtype: Tensor['dtype']; shape: Tensor['shape'] }, ...unknown[]]) => {
    const type = { dtype: x.dtype, shape: x.shape };
    return [type, type];
  },
  vjp: ([dy]: readonly [Tensor, ...Tensor[]]) => [dy],
  onnx: null,
  alias: () => 0,
};

const debugPrintOp: OpDef<{ print: (text: string) => void; label: string }> = {
  ...passThrough,
  name: 'debugPrint',
  effect: (value, { print, label }) => print(`${label}: ${formatValue(value)}`),
};

const checkFiniteOp: OpDef<{ label: string }> = {
  ...passThrough,
  name: 'checkFinite',
  effect: (value, { label }) => {
    const bad = countBad(value);
    if (bad.count === 0) return;
    const where = value.origin === undefined ? '' : ` It was made at ${value.origin}.`;
    throw new GraphError(
      `checkFinite: '${label}' is not finite. Got ${bad.count} of ${value.data.length} elements NaN or infinite (the ` +
        `first, ${bad.value}, at ${bad.index}); expected none.${where} Nothing was updated.`,
      { op: 'checkFinite', details: { label, ...bad } },
    );
  },
};

function countBad({ data, dtype }: EffectValue): { count: number; index: number; value: number } {
  let count = 0;
  let index = -1;
  for (let at = 0; at < data.length; at++) {
    if (Number.isFinite(toNumber(data[at]!, dtype))) continue;
    if (count++ === 0) index = at;
  }
  return { count, index, value: index < 0 ? 0 : toNumber(data[index]!, dtype) };
}

/** Shape, range and first elements. */
function formatValue({ data, shape, dtype }: EffectValue): string {
  const shown = Math.min(data.length, 8);
  const first = Array.from({ length: shown }, (_, at) => Number(toNumber(data[at]!, dtype).toPrecision(6)));
  return `${dtype}${formatShape(shape)} [${first.join(', ')}${shown < data.length ? ', …' : ''}]`;
}

/** Settings of {@link debugPrint}. */
export interface DebugPrintOptions {
  /** Where the text goes. Default: a line on standard error (the console in a page). */
  readonly print?: ((text: string) => void) | undefined;
}

/**
 * Prints a tensor whenever it is computed, also inside a traced function, and returns it unchanged.
 * @param label - Stands before the value.
 * @example
 * const lines: string[] = [];
 * const f = jit((x: Tensor) => mul(debugPrint(x, 'x', { print: (line) => lines.push(line) }), 2));
 * await f(tensor([1, 2]));
 * lines; // => ['x: float32[2] [1, 2]']
 * @category Debugging
 */
export function debugPrint(x: TensorLike, label: string, options: DebugPrintOptions = {}): Tensor {
  checkOptionNames('debugPrint', options, ['print']);
  const print = options.print ?? ((text: string) => console.error(text));
  return bind(debugPrintOp, [asTensor(x, 'debugPrint')], { print, label });
}

/**
 * Fails the run if the tensor holds a NaN or an infinity, also inside a traced function; returns it unchanged.
 * Assignments of the run are then not committed.
 * @param label - Names the tensor in the message.
 * @throws {@link GraphError} when the value is computed, with the count, the place and the line that made it.
 * @example
 * await toArray(checkFinite(tensor([1, 2]), 'loss')); // => [1, 2]
 * @category Debugging
 */
export function checkFinite(x: TensorLike, label: string): Tensor {
  return bind(checkFiniteOp, [asTensor(x, 'checkFinite')], { label });
}
