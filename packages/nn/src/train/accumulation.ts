import {
  add,
  concat,
  div,
  flattenTree,
  full,
  isTensor,
  jit,
  reshape,
  scanSteps,
  stack,
  unflattenTree,
} from '@gai/core';
import type { Dim, JitRun, Jitted, Passes, Tensor } from '@gai/core';
import { dimEquals } from '@gai/core/ops';
import { foldIn, split } from '@gai/core/random';
import { withRandomKey } from '../random-scope.ts';
import { lossTerms, lossesNow, notInParts } from './loss-term.ts';
import { inDType, updateDType } from './slots.ts';
import { splitBatch } from './split-batch.ts';
import type { Traced } from './step-program.ts';
import { gradientsOf } from './step-update.ts';
import type { Plan, Scalars, StepUpdate } from './step-update.ts';
import type { Models, StepContext, StepOutputs, StepResult, StepRunOptions, TrainSetup } from './train-step.ts';
import { trained } from './trained.ts';

/** What {@link Accumulation} is made from. */
interface AccumulationRequest<M extends Models, B, R> {
  readonly setup: TrainSetup<M>;
  readonly compute: (models: M, batch: B, context: StepContext) => R;
  readonly update: StepUpdate<M>;
  readonly parts: number;
  /** Names of the leading axes of the batch's tensors. */
  readonly axes: readonly (string | null)[] | null;
  readonly passes: Passes | undefined;
}

/** What a step gets besides the batch. */
interface StepInputs {
  readonly key: Tensor;
  readonly scalars: Scalars;
}

interface PartInputs extends StepInputs {
  /** Rows of each part, per group. */
  readonly rows: readonly Tensor[];
}

/** Sums over the parts seen so far, per model. */
interface Carry {
  readonly [model: string]: Sums;
}

interface Sums {
  readonly gradients: readonly Tensor[];
  readonly sum: Tensor;
  readonly count: Tensor;
}

/** The name of the row axis of the second group: its parts have one row less than those of the first. */
const SECOND = '_last';

/**
 * A train step whose batch is gone through in parts: a loop in one graph that adds up gradients, and one update. Where
 * the rows do not divide evenly the parts come in two groups, one row apart, each a loop.
 */
export class Accumulation<M extends Models, B extends object, R extends StepOutputs> {
  readonly #request: AccumulationRequest<M, B, R>;
  readonly #jit: Jitted<[B, B | null, PartInputs], Traced<R>>;

  constructor(request: AccumulationRequest<M, B, R>) {
    this.#request = request;
    const { axes, passes } = request;
    const trainParts = (first: B, last: B | null, inputs: PartInputs) => this.#trace(first, last, inputs);
    this.#jit = jit(trainParts, {
      dynamicAxes: [0, 1].map((group) => axes && [null, this.#rowAxis(group) ?? null, ...axes.slice(1)]),
      passes,
    });
  }

  async run(batch: B, inputs: StepInputs, options: StepRunOptions): Promise<JitRun<Traced<R>>> {
    const [first, last] = await splitBatch(batch, this.#request.parts);
    const rows = last === undefined ? [first!.rows] : [first!.rows, last.rows];
    return this.#jit.run([first!.batch, last?.batch ?? null, { ...inputs, rows }], options);
  }

  dispose(): Promise<void> {
    return this.#jit.dispose();
  }

  #trace(first: B, last: B | null, { key, scalars, rows }: PartInputs): Traced<R> {
    const counts = rows.map(({ shape }) => Number(shape[0]));
    const keys = split(key, counts[0]! + (counts[1] ?? 0));
    const seen: Seen = { plans: new Map(), sums: new Set(), skipped: new Set() };
    let carry = this.#zeros();
    const results = (last === null ? [first] : [first, last]).map((parts, group) => {
      const own = stack(keys.splice(0, counts[group]));
      const part = (before: Carry, batch: B, partKey: Tensor, size: Tensor) =>
        this.#part(before, { batch, key: partKey, size }, seen);
      const [next, ys] = scanSteps(part, carry, [parts, own, rows[group]!]);
      carry = next;
      return { tree: ys, rows: rowsOf(parts) };
    });
    const plans = [...seen.plans.values()];
    const averages = plans.map(({ name }) => averageOf(carry[name]!, seen.sums.has(name)));
    const gradients = averages.map((average) => average.gradients);
    const assigned = this.#request.update.assign(plans, gradients, scalars);
    const { gradientNorm, health } = this.#request.update.report(assigned, gradients.flat());
    const losses = [
      ...[...seen.skipped].map((name) => [name, null]),
      ...plans.map(({ name }, index) => [name, averages[index]!.loss]),
    ];
    const outputs = { ...joined(results), losses: Object.fromEntries(losses), gradientNorm };
    return { outputs: outputs as unknown as StepResult<R>, health };
  }

  /** One part of the batch: forward, backward, and the sums with it. */
  #part(before: Carry, { batch, key, size }: Part<B>, seen: Seen): readonly [Carry, object] {
    const { setup, compute, update } = this.#request;
    const outputs = withRandomKey(foldIn(key, 'layers'), () =>
      compute(setup.models, batch, { key, afterUpdate: refuseHook }),
    );
    const { losses: returned, ...others } = outputs;
    const losses = lossesNow(returned);
    const next: Record<string, Sums> = { ...before };
    const terms = lossTerms(losses);
    for (const name of Object.keys(losses)) if (losses[name] === null) seen.skipped.add(name);
    for (const plan of update.plans(terms, losses)) {
      const { name, term, entries } = plan;
      const { gradients, sum, count } = before[name]!;
      const parts = term.parts(size);
      seen.plans.set(name, plan);
      if (parts.count === null) seen.sums.add(name);
      next[name] = {
        gradients: gradientsOf(parts.sum, entries).map((one, at) =>
          add(gradients[at]!, inDType(one, gradients[at]!.dtype)),
        ),
        sum: add(sum, inDType(parts.sum, 'float32')),
        count: parts.count === null ? count : add(count, inDType(parts.count, 'float32')),
      };
    }
    return [next, others];
  }

  #zeros(): Carry {
    const { models, optimizers } = this.#request.setup;
    const names = Object.keys(models).filter((name) => optimizers[name] != null);
    return Object.fromEntries(
      names.map((name) => {
        const gradients = trained(models[name]!).map(([, { shape, dtype }]) => full(shape, 0, updateDType(dtype)));
        return [name, { gradients, sum: full([], 0), count: full([], 0) }];
      }),
    );
  }

  /** The name of the row axis in a group. */
  #rowAxis(group: number): string | undefined {
    const name = this.#request.axes?.[0];
    return name == null || group === 0 ? (name ?? undefined) : name + SECOND;
  }
}

/** What was learnt while the parts were traced. */
interface Seen {
  readonly plans: Map<string, Plan>;
  /** Losses that are sums, which nothing is divided by. */
  readonly sums: Set<string>;
  /** Models that are not updated in this step. */
  readonly skipped: Set<string>;
}

interface Part<B> {
  readonly batch: B;
  readonly key: Tensor;
  /** Its number of rows. */
  readonly size: Tensor;
}

const refuseHook = (): never => {
  throw notInParts('afterUpdate was called');
};

function averageOf({ gradients, sum, count }: Sums, isSum: boolean): { gradients: Tensor[]; loss: Tensor } {
  const average = (total: Tensor): Tensor => (isSum ? total : div(total, inDType(count, total.dtype)));
  return { gradients: gradients.map(average), loss: average(sum) };
}

/** What a group of parts gives: `[parts, ...]`. */
interface GroupResult {
  readonly tree: unknown;
  /** Rows of each part. */
  readonly rows: Dim | undefined;
}

/** Rows of each part of a group: the size, or its name, that all tensors of a batch have behind the axis of parts. */
function rowsOf(parts: unknown): Dim | undefined {
  const leaves = flattenTree(parts).leaves.filter(isTensor);
  return leaves.find(({ shape }) => shape.length > 1)?.shape[1];
}

/**
 * The results of the groups, one after the other: `[parts, rows, ...]` → `[parts · rows, ...]`, where that is so in every
 * group. Anything without a row axis keeps its axis of parts.
 */
function joined(results: readonly GroupResult[]): object {
  const leaves = results.map(({ tree }) => flattenTree(tree).leaves);
  const all = leaves[0]!.map((leaf, index) => {
    if (!isTensor(leaf)) return leaf;
    const stacked = leaves.map((group) => group[index] as Tensor);
    const byRow = stacked.every(({ shape: [, size] }, group) => isSameSize(size, results[group]!.rows));
    const inRows = byRow ? stacked.map((one) => reshape(one, [-1, ...one.shape.slice(2)])) : stacked;
    return inRows.length === 1 ? inRows[0] : concat(inRows);
  });
  return unflattenTree(results[0]!.tree, all) as object;
}

const isSameSize = (a: Dim | undefined, b: Dim | undefined): boolean =>
  a !== undefined && b !== undefined && dimEquals(a, b);
