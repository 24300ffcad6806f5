import type { Tensor } from '../ir/tensor.ts';
import { jit } from '../runtime/jit.ts';
import { data, evaluate } from '../runtime/read.ts';
import { casesOf, compute, weightsOf } from './case.ts';
import type { Case, Computed } from './case.ts';
import { FORWARD_TOLERANCE, GRADIENT_TOLERANCE, SECOND_TOLERANCE, difference } from './close.ts';
import { isRefusal, refusalOf } from './limits.ts';
import type { Limits } from './limits.ts';
import { expectedOf } from './expected.ts';
import { plain, toTensor } from './plain.ts';
import type { Plain, Sample } from './sample.ts';

/**
 * Checks the samples of one op on the default backend: results against the reference, gradients and second
 * derivatives against differences of it, eagerly, compiled, and with symbolic sizes where the sample allows it.
 * @param limits - What the device cannot promise. Default: it keeps all that IEEE 754 says.
 * @returns One line per problem; none if all is well.
 * @category Testing
 */
export async function checkSamples(samples: readonly Sample[], limits: Limits = {}): Promise<string[]> {
  const cases = supported(casesOf(samples), limits);
  const problems = [];
  for (const check of [checkEager, checkJit, checkSymbolic]) {
    // All samples share a run; if it fails, each is run alone, so that the one to blame is named.
    try {
      problems.push(...(await check(cases, limits)));
    } catch {
      for (const one of cases) problems.push(...(await alone(check, one, limits)));
    }
  }
  return problems;
}

/** The cases that the backend does not refuse, if somebody wants to know of those it does. */
function supported(cases: readonly Case[], { onRefused }: Limits): readonly Case[] {
  if (onRefused === undefined) return cases;
  return cases.filter((one) => {
    const reason = refusalOf(one);
    if (reason !== undefined) onRefused(one.sample, reason);
    return reason === undefined;
  });
}

type Check = (cases: readonly Case[], limits: Limits) => Promise<string[]>;

async function alone(check: Check, one: Case, limits: Limits): Promise<string[]> {
  try {
    return await check([one], limits);
  } catch (error) {
    if (limits.onRefused !== undefined && isRefusal(error)) {
      limits.onRefused(one.sample, error);
      return [];
    }
    return [
      `${one.sample.name}: ${check.name} threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    ];
  }
}

async function checkEager(cases: readonly Case[], limits: Limits): Promise<string[]> {
  const computed = cases.map((one) => compute(one, one.inputs.map(toTensor)));
  await evaluate(...computed.flatMap(({ results, gradients, seconds }) => [...results, ...gradients, ...seconds]));
  return compareAll(cases, computed, { how: 'eager', limits });
}

async function checkJit(cases: readonly Case[], limits: Limits): Promise<string[]> {
  const compiled = jit((inputs: readonly (readonly Tensor[])[]) =>
    cases.map((one, index) => ({ ...compute(one, inputs[index]!) })),
  );
  const computed = await compiled(cases.map((one) => one.inputs.map(toTensor)));
  return compareAll(cases, computed, { how: 'jit', limits });
}

/** Runs once with named sizes, at the samples' sizes and at twice them, without compiling again. */
async function checkSymbolic(all: readonly Case[], limits: Limits): Promise<string[]> {
  const cases = all.flatMap((one): Case[] =>
    one.sample.symbolic === undefined ? [] : [{ ...one, second: false, cotangent: 'results' }],
  );
  if (cases.length === 0) return [];
  const dynamicAxes = cases.flatMap((one, index) =>
    one.inputs.map((input, position) => (isNamed(one, position) ? [`n${index}_${input.shape[0]}`] : null)),
  );
  const compiled = jit(
    (...inputs: Tensor[]) => {
      const rest = [...inputs];
      return cases.map((one) => ({ ...compute(one, rest.splice(0, one.inputs.length)) }));
    },
    { dynamicAxes },
  );
  const larger = cases.map((one) => ({
    ...one,
    inputs: one.inputs.map((input, at) => (isNamed(one, at) ? doubled(input) : input)),
  }));
  const problems = [];
  for (const [now, how] of [
    [cases, 'symbolic'],
    [larger, 'symbolic, doubled'],
  ] as const) {
    const computed = await compiled(...now.flatMap((one) => one.inputs.map(toTensor)));
    problems.push(...(await compareAll(now, computed, { how, limits })));
  }
  return problems;
}

const isNamed = ({ sample, inputs }: Case, position: number): boolean =>
  sample.symbolic?.includes(position) === true && inputs[position]!.shape[0] !== 1;

/** A plain tensor with its rows twice. */
const doubled = ({ shape, values, dtype }: Plain): Plain =>
  plain([2 * shape[0]!, ...shape.slice(1)], [...values, ...values], dtype);

async function compareAll(
  cases: readonly Case[],
  computed: readonly Computed[],
  { how, limits }: { readonly how: string; readonly limits: Limits },
): Promise<string[]> {
  const problems = [];
  for (const [index, one] of cases.entries()) {
    const found = await compare(one, computed[index]!, limits);
    problems.push(...found.map((problem) => `${one.sample.name}: ${how}: ${problem}`));
  }
  return problems;
}

/** Compares all that was computed of a case with the reference. */
export async function compare(one: Case, { results, gradients, seconds }: Computed, limits: Limits): Promise<string[]> {
  const { sample, inputs, wrt } = one;
  const reference = expectedOf(one);
  const expected = reference.results;
  if (results.length !== expected.length) return [`${results.length} results, expected ${expected.length}`];
  const problems: string[] = [];
  const check = async (what: string, actual: Tensor, wanted: Plain, tolerance: number): Promise<void> => {
    const shape = actual.shape.map((size, axis) => (typeof size === 'number' ? size : wanted.shape[axis]!));
    const value = { data: await data(actual), dtype: actual.dtype, shape };
    const problem = difference(value, wanted, Math.max(tolerance, limits.tolerance ?? 0), limits.finiteOnly);
    if (problem !== undefined) problems.push(`${what}: ${problem}`);
  };
  for (const [index, result] of results.entries()) {
    const tolerance = sample.tolerance ?? FORWARD_TOLERANCE[result.dtype] ?? 0;
    await check(`result ${index}`, result, expected[index]!, tolerance);
  }
  for (const [index, gradient] of gradients.entries()) {
    const position = wrt[index]!;
    const stated = one.cotangent === 'ones' ? sample.expectedGradients?.[position] : undefined;
    const values = stated ?? reference.gradient(position, weightsOf(one, expected));
    const tolerance = Math.max(sample.tolerance ?? 0, GRADIENT_TOLERANCE[gradient.dtype] ?? 0);
    await check(`gradient of input ${position}`, gradient, plain(inputs[position]!.shape, values), tolerance);
  }
  for (const [index, second] of seconds.entries()) {
    const position = wrt[index]!;
    const wanted = plain(inputs[position]!.shape, reference.hessianProduct(position));
    await check(`second derivative of input ${position}`, second, wanted, SECOND_TOLERANCE);
  }
  return problems;
}
