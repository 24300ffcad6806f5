import { add, mul, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { adamW } from './adam.ts';
import { checkDecays, checkOptimizer } from './check.ts';
import { Groups, matches } from './groups.ts';
import type { BaseSettings, ParameterFilter, ParameterGroup } from './groups.ts';
import type { Optimizer, OptimizerItem, OptimizerUpdate } from './optimizer.ts';
import { orthogonalize } from './orthogonalize.ts';
import { refuse } from '../refuse.ts';

/** What {@link muon} can set per parameter group of its matrices. */
export interface MuonSettings extends BaseSettings {
  /** Strength of decoupled weight decay. Default 0.1. */
  readonly weightDecay: number;
}

/** Options of {@link muon}. */
export interface MuonOptions extends Partial<MuonSettings> {
  /** Share of the running mean of gradients that is kept. Default 0.95. */
  readonly momentum?: number | undefined;
  /** Look ahead along the mean. Default true. */
  readonly nesterov?: boolean | undefined;
  /** Newton-Schulz steps, 1 … 99. Default 5. */
  readonly steps?: number | undefined;
  /**
   * How the step size follows the shape of a matrix of r rows and c columns: `original` multiplies by `√max(1, r / c)`; `matchAdamW` by
   * `0.2·√max(r, c)`, so that rates and decays tuned for AdamW fit. Default `original`.
   */
  readonly adjust?: 'original' | 'matchAdamW' | undefined;
  /**
   * Which parameters are such matrices. Default: all of two dimensions or more. Embeddings and the layer that ends in the vocabulary learn
   * better with `others`: leave them out, for example with `/(?:attn|mlp)\..*weight$/`.
   */
  readonly matrices?: ParameterFilter | undefined;
  /** What updates the parameters that are no such matrices. Default `adamW()`. */
  readonly others?: Optimizer | undefined;
  /** Matrices with settings of their own; the first group that matches counts. */
  readonly groups?: readonly ParameterGroup<MuonSettings>[] | undefined;
}

const ADJUST: Readonly<Record<string, (rows: number, columns: number) => number>> = {
  original: (rows, columns) => Math.sqrt(Math.max(1, rows / columns)),
  matchAdamW: (rows, columns) => 0.2 * Math.sqrt(Math.max(rows, columns)),
};

/** The scalar that every muon has. */
const RATE = 'muonRate0';

const NAMES = [
  'momentum',
  'nesterov',
  'steps',
  'adjust',
  'matrices',
  'others',
  'groups',
  'weightDecay',
  'learningRate',
];

/**
 * Muon: momentum made orthogonal. `m ← μ·m + (1−μ)·g`, `u ← (1−μ)·g + μ·m`, `θ ← (1 − lr·λ)·θ − lr·s·ortho(u)`, where ortho moves the
 * singular values of a matrix to about 1 and s follows its shape, as PyTorch's. Every direction of a weight matrix is learned at one
 * pace, which takes fewer steps than AdamW and half its memory. Biases, norms and what else is no matrix are left to `others`.
 *
 * PyTorch computes ortho in bfloat16, here it is float32. Tensors of more than two dimensions (convolutions) are matrices of their first
 * by all others.
 *
 * @param options.learningRate - Per update, of the matrices. Default 1e-3.
 * @param options.weightDecay - λ. Default 0.1.
 * @throws {@link ArgumentError} if an option is out of range.
 * @example
 * const optimizer = muon({ learningRate: 0.02, matrices: /^layers\..*weight$/, others: adamW({ learningRate: 3e-4 }) });
 * optimizer.slots; // => ['momentum', 'm', 'v']
 * optimizer.slotsOf?.('layers.0.weight', [8, 8]); // => ['momentum']
 * @see Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/
 * @see Liu et al. 2025, https://arxiv.org/abs/2502.16982
 * @category Optimizers
 */
export function muon(options: MuonOptions = {}): Optimizer & Required<Pick<Optimizer, 'slotsOf'>> {
  checkOptionNames('muon', options, NAMES);
  const { momentum = 0.95, nesterov = true, steps = 5, adjust = 'original', matrices, others = adamW() } = options;
  check({ momentum, steps, adjust, others });
  const groups = new Groups<MuonSettings>(
    { learningRate: options.learningRate ?? 1e-3, weightDecay: options.weightDecay ?? 0.1 },
    options.groups,
  );
  const isMatrix = (name: string, shape: readonly unknown[]): boolean =>
    shape.length >= 2 && (matrices === undefined || matches(matrices, name));
  const takes = ({ name, parameter }: OptimizerItem): boolean => isMatrix(name, parameter.shape);

  const step = (item: OptimizerItem, scalars: Readonly<Record<string, Tensor>>): OptimizerUpdate => {
    const { parameter, gradient } = item;
    const own = item.scalars ?? scalars;
    const group = groups.indexOf(item);
    const fresh = mul(gradient, 1 - momentum);
    const mean = add(mul(item.slots['momentum']!, momentum), fresh);
    const direction = orthogonalize(nesterov ? add(fresh, mul(mean, momentum)) : mean, steps);
    const [rows, ...rest] = parameter.shape as readonly number[];
    const scale = ADJUST[adjust]!(
      rows!,
      rest.reduce((product, size) => product * size, 1),
    );
    const kept = groups.all[group]!.weightDecay === 0 ? parameter : mul(parameter, own[`muonKeep${group}`]!);
    return { parameter: sub(kept, mul(direction, mul(own[`muonRate${group}`]!, scale))), slots: { momentum: mean } };
  };

  return {
    name: `muon+${others.name}`,
    slots: [...new Set(['momentum', ...others.slots])],
    slotsOf: (name, shape) => (isMatrix(name, shape) ? ['momentum'] : (others.slotsOf?.(name, shape) ?? others.slots)),
    scalars: (at, updates = at) => ({
      ...others.scalars(at, updates),
      ...groups.rateScalars(at, (rate) => rate, 'muonRate'),
      ...Object.fromEntries(
        groups.rates(at).map((rate, index) => [`muonKeep${index}`, 1 - rate * groups.all[index]!.weightDecay]),
      ),
    }),
    update: (items, scalars, settings) => {
      const rest = items.filter((item) => !takes(item));
      const left = (rest.length === 0 ? [] : others.update(rest, scalars, settings)).values();
      return items.map((item) => (takes(item) ? step(item, scalars) : left.next().value!));
    },
  };
}

function check(options: {
  readonly momentum: number;
  readonly steps: number;
  readonly adjust: string;
  readonly others: Optimizer;
}): void {
  const { momentum, steps, adjust, others } = options;
  checkDecays('muon', { momentum });
  checkOptimizer('muon', others);
  if (RATE in others.scalars(1)) {
    refuse({
      op: 'muon',
      what: 'others are updated by muon too, under the same rates',
      got: others.name,
      expected: 'an optimizer of another kind',
      remedy: 'Pass adamW(), and matrices with settings of their own as groups.',
    });
  }
  if (!Number.isInteger(steps) || steps < 1 || steps > 99) {
    refuse({ op: 'muon', what: 'these are no Newton-Schulz steps', got: steps, expected: 'a whole number, 1 … 99' });
  }
  if (!Object.hasOwn(ADJUST, adjust)) {
    refuse({ op: 'muon', what: 'no such adjustment', got: adjust, expected: Object.keys(ADJUST).join(' or ') });
  }
}
