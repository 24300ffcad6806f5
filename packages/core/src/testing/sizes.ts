import { GaiError } from '../errors.ts';
import { needsOf, unmetNeed } from '../ir/needs.ts';
import type { Need } from '../ir/needs.ts';
import type { Tensor } from '../ir/tensor.ts';
import { compile } from '../runtime/compile.ts';
import { data, evaluate } from '../runtime/read.ts';
import { spec, trace } from '../trace/trace.ts';
import { isClose } from './close.ts';
import { hashUnit, randomPlain, toTensor } from './plain.ts';
import { sizeProgram } from './size-programs.ts';
import type { SizeProgram } from './size-programs.ts';

/** What the letters of the shapes stand for, run by run. */
const RUNS: readonly Readonly<Record<string, number>>[] = [
  { a: 3, b: 2, c: 1 },
  { a: 1, b: 3, c: 2 },
  { a: 7, b: 1, c: 3 },
  { a: 2, b: 7, c: 0 },
  { a: 0, b: 2, c: 7 },
];

/** A program with a choice of the letters that are names; the others are the sizes of the run. */
interface Pair {
  readonly program: SizeProgram;
  readonly named: ReadonlySet<string>;
  readonly name: string;
}

/** What {@link checkSizes} found. */
export interface SizesReport {
  /** Programs with a naming of their axes. */
  readonly pairs: number;
  /** Runs of pairs: compared, refused for a size, or not to be built with names. */
  readonly compared: number;
  readonly refused: number;
  readonly unbuilt: number;
  readonly problems: readonly string[];
}

/** Programs computed in one session. */
const BATCH = 24;

/**
 * Random programs with names for some of their axes, each at five sizes, against the same programs with fixed sizes:
 * the numbers must be equal, or the sizes be refused. Deterministic in the seeds.
 */
export async function checkSizes(from: number, to: number): Promise<SizesReport> {
  const report = { pairs: 0, compared: 0, refused: 0, unbuilt: 0, problems: [] as string[] };
  for (let start = from; start < to; start += BATCH) {
    const seeds = Array.from({ length: Math.min(BATCH, to - start) }, (_, index) => start + index);
    const pairs = seeds.map(pairOf);
    report.pairs += pairs.length;
    for (const sizes of RUNS) await checkRun(pairs, sizes, report);
  }
  return report;
}

function pairOf(seed: number): Pair {
  const program = sizeProgram(seed);
  const letters = [...new Set(program.shapes.flat())].sort();
  const mask = 1 + Math.floor(hashUnit(seed, 77) * (2 ** letters.length - 1));
  const named = letters.filter((_, index) => (mask >> index) % 2 === 1);
  return { program, named: new Set(named), name: `${seed}: ${program.text} with ${named.join(', ')} named` };
}

type Report = { -readonly [Key in keyof SizesReport]: SizesReport[Key] extends number ? number : string[] };

async function checkRun(
  pairs: readonly Pair[],
  sizes: Readonly<Record<string, number>>,
  report: Report,
): Promise<void> {
  const fits = pairs.flatMap((pair) => {
    const needs = needsOfPair(pair, sizes);
    if (needs === undefined) report.unbuilt += 1;
    else if (unmetNeed(needs, new Map(Object.entries(sizes))) !== undefined) report.refused += 1;
    else return [pair];
    return [];
  });
  const fixed = await computedFixed(fits, sizes, report);
  const known = fits.filter((_, index) => fixed[index] !== undefined);
  const wanted = fixed.filter((tensor) => tensor !== undefined);
  const found = await computedNamed(known, sizes, report);
  for (const [index, pair] of known.entries()) {
    const actual = found[index];
    if (actual === undefined) continue;
    report.compared += 1;
    const problem = await difference(actual, wanted[index]!);
    if (problem !== undefined) report.problems.push(`${pair.name}: ${text(sizes)}: ${problem}`);
  }
}

const text = (sizes: Readonly<Record<string, number>>): string =>
  Object.entries(sizes)
    .map(([letter, size]) => `${letter} = ${size}`)
    .join(', ');

const specsOf = ({ program, named }: Pair, sizes: Readonly<Record<string, number>>) =>
  program.shapes.map((shape) => spec(shape.map((letter) => (named.has(letter) ? letter : sizes[letter]!))));

const inputsOf = ({ program }: Pair, sizes: Readonly<Record<string, number>>): Tensor[] =>
  program.shapes.map((shape, seed) =>
    toTensor(
      randomPlain(
        shape.map((letter) => sizes[letter]!),
        { seed },
      ),
    ),
  );

/** What the pair needs of its sizes; undefined if it cannot be built with names, and says so. */
function needsOfPair(pair: Pair, sizes: Readonly<Record<string, number>>): Need[] | undefined {
  return typed(() => needsOf(trace(pair.program.run, specsOf(pair, sizes)).outputs));
}

async function computedFixed(
  pairs: readonly Pair[],
  sizes: Readonly<Record<string, number>>,
  report: Report,
): Promise<(Tensor | undefined)[]> {
  const made = pairs.map((pair) => typed(() => pair.program.run(...inputsOf(pair, sizes))));
  const complain = (pair: Pair, problem: string): unknown =>
    report.problems.push(`${pair.name}: ${text(sizes)}: ${problem}`);
  for (const [index, pair] of pairs.entries()) {
    // What a gradient does not need is not computed with names, and so not refused.
    if (made[index] === undefined && !pair.program.isGradient) complain(pair, 'refused, but not with names');
  }
  try {
    await evaluate(...made.filter((tensor) => tensor !== undefined));
    return made;
  } catch {
    for (const [index, tensor] of made.entries()) {
      if (tensor === undefined) continue;
      await evaluate(tensor).catch((error: unknown) => {
        complain(pairs[index]!, `fixed: ${String(error)}`);
        made[index] = undefined;
      });
    }
    return made;
  }
}

/** The value, or undefined where it is refused with an error of the library. */
function typed<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (GaiError.isInstance(error)) return undefined;
    throw error;
  }
}

/** All in one session; if that fails, one by one, so that those to blame are named. */
async function computedNamed(
  pairs: readonly Pair[],
  sizes: Readonly<Record<string, number>>,
  report: Report,
): Promise<(Tensor | undefined)[]> {
  if (pairs.length === 0) return [];
  try {
    return await together(pairs, sizes);
  } catch (error) {
    if (pairs.length > 1) {
      const found: (Tensor | undefined)[] = [];
      for (const pair of pairs) found.push(...(await computedNamed([pair], sizes, report)));
      return found;
    }
    report.problems.push(`${pairs[0]!.name}: ${text(sizes)}: ${String(error)}`);
    return [undefined];
  }
}

async function together(pairs: readonly Pair[], sizes: Readonly<Record<string, number>>): Promise<Tensor[]> {
  const specs = pairs.map((pair) => specsOf(pair, sizes));
  const run = await compile<Tensor[]>(
    (...all: Tensor[][]) => pairs.map(({ program }, index) => program.run(...all[index]!)),
    Object.fromEntries(specs.map((list, index) => [`p${index}`, list])),
  );
  const results = await run(...pairs.map((pair) => inputsOf(pair, sizes)));
  await run.dispose();
  return results;
}

async function difference(actual: Tensor, wanted: Tensor): Promise<string | undefined> {
  if (actual.shape.join() !== wanted.shape.join()) return `shape [${actual.shape}], expected [${wanted.shape}]`;
  const [found, expected] = [await data(actual), await data(wanted)];
  const at = expected.findIndex((value, index) => !isClose(Number(found[index]), Number(value), 1e-5));
  return at < 0 ? undefined : `element ${at} is ${found[at]}, expected ${expected[at]}`;
}
