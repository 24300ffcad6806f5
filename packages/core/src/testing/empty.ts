import { BackendError, GaiError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { data } from '../runtime/read.ts';
import { compile } from '../runtime/compile.ts';
import { jit } from '../runtime/jit.ts';
import { spec } from '../trace/trace.ts';
import { casesOf, compute, weightsOf } from './case.ts';
import type { Case, Computed } from './case.ts';
import { GRADIENT_TOLERANCE, difference } from './close.ts';
import { numericGradient, referencesOf } from './differences.ts';
import type { References } from './differences.ts';
import { plain, randomPlain, toTensor } from './plain.ts';
import type { Plain, Sample } from './sample.ts';

/** One axis of one operand. */
type Place = readonly [input: number, axis: number];

/** A sample some of whose axes are made 0. */
export interface EmptyCase {
  readonly name: string;
  readonly sample: Sample;
  readonly places: readonly Place[];
}

/** The sample with each axis made 0: alone, with its like in the other operands, and with every axis of its size. */
export function emptyCases(op: string, sample: Sample): EmptyCase[] {
  const all = sample.inputs.flatMap(({ shape }, input) => shape.map((_, axis): Place => [input, axis]));
  const sizeOf = ([input, axis]: Place): number => sample.inputs[input]!.shape[axis]!;
  const found = new Map<string, EmptyCase>();
  for (const place of all) {
    const alike = all.filter((other) => sizeOf(other) === sizeOf(place));
    for (const places of [[place], alike.filter((other) => other[1] === place[1]), alike]) {
      const name = `${op} / ${sample.name} / ${places.map(([input, axis]) => `${input}.${axis}`).join(' ')}`;
      found.set(name, { name, sample, places });
    }
  }
  return [...found.values()];
}

function emptied(input: Plain, at: number, places: readonly Place[]): Plain {
  const axes = places.flatMap(([position, axis]) => (position === at ? [axis] : []));
  if (axes.length === 0) return input;
  return plain(
    input.shape.map((size, axis) => (axes.includes(axis) ? 0 : size)),
    [],
    input.dtype,
  );
}

interface Prepared {
  readonly name: string;
  /** As the sample has them, for the named sizes. */
  readonly full: Case;
  readonly empty: Case;
  readonly places: readonly Place[];
  readonly expected: Expected | undefined;
}

interface Expected {
  readonly results: readonly Plain[];
  readonly gradients: readonly Plain[];
}

/**
 * What is wrong with empty cases on the default backend, with fixed sizes and with a name for the size that is 0: each
 * must give what the reference gives (where that knows of empty tensors), or be refused with an error of the library.
 */
export async function checkEmpty(cases: readonly EmptyCase[]): Promise<string[]> {
  const prepared = cases.map(prepare);
  const problems: string[] = [];
  for (const run of [runFixed, runNamed, runCompiled]) {
    try {
      problems.push(...(await run(prepared)));
    } catch {
      for (const one of prepared) problems.push(...(await alone(run, one)));
    }
  }
  return problems;
}

function prepare({ name, sample, places }: EmptyCase): Prepared {
  const [given] = casesOf([sample]) as [Case];
  const full: Case = { ...given, second: false, cotangent: 'results' };
  const inputs = given.inputs.map((input, at) => emptied(input, at, places));
  const empty = { ...full, inputs };
  return { name, full, empty, places, expected: expectedOf(empty) };
}

/** From the reference, or undefined where it cannot tell. */
function expectedOf(one: Case): Expected | undefined {
  const reference = referencesOf(one.sample);
  try {
    const results = reference(one.inputs);
    if (isConstant(reference, one.sample)) return undefined;
    const gradients = one.wrt.map((position) => {
      const input = one.inputs[position]!;
      return plain(input.shape, numericGradient(reference, one.inputs, position, weightsOf(one, results)));
    });
    return { results, gradients };
  } catch {
    return undefined;
  }
}

/** Whether a reference is a list of numbers written down for the sample, which says nothing of others. */
function isConstant(reference: References, { inputs }: Sample): boolean {
  const others = inputs.map((input, seed) => randomPlain(input.shape, { min: 1, max: 9, seed, dtype: input.dtype }));
  const values = (given: readonly Plain[]): string =>
    reference(given)
      .map((result) => String(result.values))
      .join(';');
  return values(inputs) === values(others);
}

type Run = (cases: readonly Prepared[]) => Promise<string[]>;

/** An error of the library before anything runs, or that of an index, which is data: none lies in an empty axis. */
function isRefusal(error: unknown): boolean {
  if (!GaiError.isInstance(error)) return false;
  const early = !(error instanceof BackendError) || 'operator' in error.details;
  return (
    early || /Got the index -?\d+; expected|GatherElements op|indices element out|index.*bounds/.test(error.message)
  );
}

async function alone(run: Run, one: Prepared): Promise<string[]> {
  try {
    return await run([one]);
  } catch (error) {
    return isRefusal(error) ? [] : [`${one.name}: ${run.name}: ${String(error)}`];
  }
}

async function runFixed(cases: readonly Prepared[]): Promise<string[]> {
  const run = jit((inputs: readonly (readonly Tensor[])[]) =>
    cases.map(({ empty }, index) => ({ ...compute(empty, inputs[index]!) })),
  );
  return compareAll('fixed', cases, await run(cases.map(({ empty }) => empty.inputs.map(toTensor))));
}

async function runNamed(cases: readonly Prepared[]): Promise<string[]> {
  const dynamicAxes = cases.flatMap(({ empty, places }, index) =>
    empty.inputs.map(({ shape }, input) =>
      shape.map((_, axis) => (places.some(([at, zero]) => at === input && zero === axis) ? `n${index}` : null)),
    ),
  );
  const run = jit(
    (...tensors: Tensor[]) => {
      const rest = [...tensors];
      return cases.map(({ full }) => ({ ...compute(full, rest.splice(0, full.inputs.length)) }));
    },
    { dynamicAxes },
  );
  return compareAll('named', cases, await run(...cases.flatMap(({ empty }) => empty.inputs.map(toTensor))));
}

async function runCompiled(cases: readonly Prepared[]): Promise<string[]> {
  const types = cases.flatMap(({ empty, places }, index) =>
    empty.inputs.map(({ shape, dtype }, input) =>
      spec(
        shape.map((size, axis) => (places.some(([at, zero]) => at === input && zero === axis) ? `n${index}` : size)),
        dtype,
      ),
    ),
  );
  const inputs = cases.flatMap(({ empty }) => empty.inputs.map(toTensor));
  const run = await compile(
    (...tensors: Tensor[]) => {
      const rest = [...tensors];
      return cases.map(({ full }) => ({ ...compute(full, rest.splice(0, full.inputs.length)) }));
    },
    Object.fromEntries(types.map((type, index) => [`x${index}`, type])),
  );
  const problems = await compareAll('compiled', cases, (await run(...inputs)) as unknown as Computed[]);
  await run.dispose();
  return problems;
}

async function compareAll(how: string, cases: readonly Prepared[], computed: readonly Computed[]): Promise<string[]> {
  const problems: string[] = [];
  for (const [index, one] of cases.entries()) {
    const found = await compare(one, computed[index]!);
    problems.push(...found.map((problem) => `${one.name}: ${how}: ${problem}`));
  }
  return problems;
}

async function compare({ empty, expected }: Prepared, { results, gradients }: Computed): Promise<string[]> {
  const problems: string[] = [];
  const check = async (what: string, tensor: Tensor, wanted: Plain | undefined): Promise<void> => {
    const shape = tensor.shape as readonly number[];
    const values = await data(tensor);
    if (wanted === undefined) return;
    const tolerance = Math.max(empty.sample.tolerance ?? 0, GRADIENT_TOLERANCE[tensor.dtype] ?? 0);
    const problem = difference({ data: values, dtype: tensor.dtype, shape }, wanted, tolerance);
    if (problem !== undefined) problems.push(`${what}: ${problem}`);
  };
  // A reference with the sample's sizes written into it knows nothing of empty tensors.
  const knows = results.every(({ shape }, index) => shape.join() === expected?.results[index]?.shape.join());
  for (const [index, result] of results.entries()) {
    await check(`result ${index}`, result, knows ? expected?.results[index] : undefined);
  }
  // Differences of NaN tell nothing.
  const countable = knows && expected!.results.every(({ values }) => !values.some(Number.isNaN));
  for (const [index, gradient] of gradients.entries()) {
    await check(`gradient ${index}`, gradient, countable ? expected?.gradients[index] : undefined);
  }
  return problems;
}
