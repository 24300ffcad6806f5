import { refuse } from '../refuse.ts';
import { checkOptimizer } from './check.ts';
import type { GradientTransform, Optimizer, OptimizerItem } from './optimizer.ts';

/**
 * An optimizer that sees gradients only after the transforms before it, from left to right.
 * @param stages - Gradient transforms, and the optimizer last.
 * @throws {@link ArgumentError} if they are not that.
 * @example
 * chain(clipByGlobalNorm(1), sgd({ learningRate: 0.1 })).name; // => 'clipByGlobalNorm+sgd'
 * @category Optimizers
 */
export function chain(...stages: [...GradientTransform[], Optimizer]): Optimizer {
  const optimizer = stages.at(-1) as Optimizer;
  const transforms = stages.slice(0, -1) as GradientTransform[];
  checkOptimizer('chain', optimizer);
  for (const transform of transforms) {
    if (typeof transform?.apply === 'function' && typeof transform !== 'function') continue;
    const remedy = 'Call what makes it: clipByGlobalNorm(1). The optimizer comes last.';
    refuse({
      op: 'chain',
      what: 'a stage is no gradient transform',
      got: transform,
      expected: 'transforms, then an optimizer',
      remedy,
    });
  }
  const prepare = (items: readonly OptimizerItem[]): readonly OptimizerItem[] =>
    transforms.reduce<readonly OptimizerItem[]>((before, transform) => {
      const gradients = transform.apply(before);
      return before.map((item, index) => ({ ...item, gradient: gradients[index]! }));
    }, items);
  return {
    ...optimizer,
    name: stages.map((stage) => stage.name).join('+'),
    update: (items, scalars, settings) => optimizer.update(prepare(items), scalars, settings),
  };
}
