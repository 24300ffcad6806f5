import { createHash } from 'node:crypto';
import { data } from '@gai/core';
import type { NonFiniteOp } from '@gai/core';
import type { Module, Replayed } from '@gai/nn';
import type { Streams } from '../streams.ts';
import { plain, plainJson } from '../terminal/plain.ts';

/** A step that was made again, and the model after it. */
interface Shown {
  readonly folder: string;
  readonly replayed: Replayed;
  readonly model: Module;
}

/** Says what a step gave, and where the first number that is not finite came up. */
export async function showReplay(
  { folder, replayed, model }: Shown,
  { json }: { readonly json?: boolean },
  { stdout }: Streams,
): Promise<void> {
  const { step, from, loss, nonFinite, error } = replayed;
  const weights = await digestOf(model);
  if (json === true) {
    const found = nonFinite === undefined ? null : { ...nonFinite, value: String(nonFinite.value) };
    const failed = error?.message ?? null;
    stdout.write(`${plainJson({ step, from, loss: loss ?? null, nonFinite: found, error: failed, weights })}\n`);
    return;
  }
  const began = from === 0 ? 'the beginning' : `the checkpoint of step ${from}`;
  const lines = [
    `step ${step} of ${folder}, from ${began}`,
    error === undefined ? `loss ${loss}` : error.message,
    ...(nonFinite === undefined ? ['all that leads to the result is finite'] : linesOf(nonFinite)),
    `weights ${weights.slice(0, 16)}${error === undefined ? '' : ` (of step ${step - 1})`}`,
  ];
  stdout.write(`${lines.map((line) => plain(line)).join('\n')}\n`);
}

function linesOf({ op, name, line, isGradient, becameNaN, ...found }: NonFiniteOp): string[] {
  const { count, value, index, shape, operands } = found;
  const of = operands.map((one) => `[${one.shape.join(',')}] of ${one.min} to ${one.max}`).join(' and ');
  const what = name === undefined ? op : `${op} ${name}`;
  return [
    `first   ${isGradient ? 'the gradient of ' : ''}${what} [${shape.join(',')}]: ${count} not finite, the first ${value} at ${index}`,
    ...(of === '' ? [] : [`from    ${of}`]),
    `line    ${line ?? 'none'}`,
    ...(becameNaN === undefined ? [] : [`a NaN   in ${becameNaN.op} at ${becameNaN.line ?? 'no line'}`]),
  ];
}

/** SHA-256 of all weights. */
async function digestOf(model: Module): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, tensor] of Object.entries(model.stateDict()).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { buffer, byteOffset, byteLength } = await data(tensor);
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
