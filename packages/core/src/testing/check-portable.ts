import { lower } from '../lowering/lower.ts';
import { programOf } from '../lowering/program.ts';
import { PORTABLE } from '../lowering/target.ts';
import { getDefaultBackend } from '../runtime/default.ts';
import type { Tensor } from '../ir/tensor.ts';
import { tensor } from '../trace/literal.ts';
import { spec, traceArgs } from '../trace/trace.ts';
import type { TensorSpec } from '../trace/trace.ts';
import { casesOf, compute } from './case.ts';
import type { Case, Computed } from './case.ts';
import { compare } from './check-samples.ts';
import { toTensor } from './plain.ts';
import { valueOf } from '../runtime/executable.ts';
import type { Sample } from './sample.ts';

/**
 * Checks the samples of one op as `exportOnnx` writes them: operator set 20 without custom operators. Results,
 * gradients and second derivatives are compared with the reference, as by {@link checkSamples}.
 * @returns One line per problem; none if all is well.
 * @category Testing
 */
export async function checkPortable(samples: readonly Sample[]): Promise<string[]> {
  const problems: string[] = [];
  for (const one of casesOf(samples)) {
    const found = await checkOne(one).catch((error: unknown) => [String(error)]);
    problems.push(...found.map((problem) => `${one.sample.name}: portable: ${problem}`));
  }
  return problems;
}

async function checkOne(one: Case): Promise<string[]> {
  const backend = getDefaultBackend();
  let parts: Computed = { results: [], gradients: [], seconds: [] };
  const traced = traceArgs(
    (...inputs: Tensor[]) => {
      parts = compute(one, inputs);
      return [...parts.results, ...parts.gradients, ...parts.seconds];
    },
    one.inputs.map(({ shape, dtype }) => spec(shape, dtype)),
    (leaf) => leaf as TensorSpec,
  );
  const { model, ports } = lower(programOf(traced), { target: PORTABLE });
  const bytes = model.finish();
  if (new TextDecoder('latin1').decode(bytes).includes('com.microsoft')) return ['uses an operator of its own'];
  const session = await backend.load(bytes, ports);
  const buffers = await session.run(one.inputs.map((input) => valueOf(toTensor(input), backend)));
  const values = await Promise.all(
    buffers.map(async (buffer) => tensor(await buffer.read(), { dtype: buffer.dtype, shape: buffer.shape })),
  );
  await session.release();
  const { length: first } = parts.results;
  const second = first + parts.gradients.length;
  const computed = {
    results: values.slice(0, first),
    gradients: values.slice(first, second),
    seconds: values.slice(second),
  };
  return compare(one, computed, {});
}
