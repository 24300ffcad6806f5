import type { AgentCallback } from '@gai/rl/deep';
import { chartText } from '@gai/rl/tabular';
import { ProgressLine } from '@gai/nn/train';
import { redraws } from '../terminal/style.ts';
import type { Output } from '../terminal/style.ts';

/** Milliseconds between two drawings, lines of the curve, and the columns beside it. */
const [REDRAW, HEIGHT, MARGIN] = [150, 8, 20];

/**
 * The mean returns while an agent learns, as a curve that is drawn over on a terminal, with how far the run is below it; elsewhere nothing
 * is drawn.
 */
export function liveCurve(output: Output): AgentCallback {
  const steps: number[] = [];
  const returns: number[] = [];
  let [drawn, height] = [-Infinity, 0];
  const draw = (line: string): void => {
    const width = (output.columns ?? 80) - 1;
    // A curve needs two points; chartText's first line is its title, and its last the legend.
    const series = [{ name: '', x: steps, y: returns }];
    const size = { width: Math.max(20, Math.min(72, width - MARGIN)), height: HEIGHT };
    const curve = chartText({ title: 'return', xLabel: 'steps', yLabel: 'return', series }, size);
    const lines = [...(steps.length > 1 ? curve.split('\n').slice(1, -1) : []), line];
    const text = lines.map((one) => `${one.slice(0, width)}\u001b[K\n`).join('');
    output.write(`${height > 0 ? `\u001b[${height}A` : ''}${text}\u001b[J`);
    height = lines.length;
  };
  return {
    name: 'liveCurve',
    onUpdateEnd: ({ numTimesteps, totalTimesteps }, scalars) => {
      const mean = scalars['rollout/ep_rew_mean'];
      if (mean !== undefined) {
        steps.push(numTimesteps);
        returns.push(mean);
      }
      const now = performance.now();
      if (!redraws(output) || (now - drawn < REDRAW && numTimesteps < totalTimesteps)) return;
      drawn = now;
      const part = ProgressLine.bar(numTimesteps / totalTimesteps);
      const shown = mean === undefined ? '' : `  return ${mean.toFixed(1)}`;
      draw(`${part} ${numTimesteps}/${totalTimesteps}${shown}  ${scalars['time/fps']} steps/s`);
    },
  };
}
