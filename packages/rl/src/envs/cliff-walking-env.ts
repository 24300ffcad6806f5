import { checkOptionNames } from '@gai/core/errors';
import type { RenderMode, RgbFrame } from '../env.ts';
import { cliffToText } from '../render/map-text.ts';
import { cliffWalking } from '../tabular/problems/cliff-walking.ts';
import type { CliffWalkingOptions } from '../tabular/problems/cliff-walking.ts';
import { MDPTableEnv } from './mdp-table-env.ts';

/**
 * CliffWalking, equal to Gymnasium's `CliffWalking-v1`: its table, its draws and its text.
 *
 * @param options.slippery - Gymnasium's `is_slippery`. Default false.
 * @example
 * import { CliffWalkingEnv } from '@gai/rl';
 * const env = new CliffWalkingEnv();
 * env.reset({ seed: 0 });
 * String(env.render()).split('\n')[3]; // => 'x  C  C  C  C  C  C  C  C  C  C  T'
 * @see Sutton & Barto 2018, example 6.6
 * @category Environments
 * @since 0.1.0
 */
export class CliffWalkingEnv extends MDPTableEnv {
  constructor(options: CliffWalkingOptions = {}) {
    checkOptionNames('CliffWalkingEnv', options, ['slippery']);
    super(cliffWalking(options));
  }

  override render(mode: RenderMode = 'ansi'): string | RgbFrame {
    return mode === 'ansi' ? cliffToText(this.mdp.layout!, this.state) : super.render(mode);
  }
}
