import { ProgressLine } from '@gai/nn/train';
import type { Output } from './style.ts';

const WIDTH = 30;

/** A bar that is redrawn in place on a terminal; elsewhere nothing is written. */
export function progress(output: Output, label: string): { update(part: number): void; end(): void } {
  const line = new ProgressLine(output);
  let shown = -1;
  return {
    update: (part) => {
      const percent = Math.round(part * 100);
      if (percent === shown) return;
      shown = percent;
      line.draw(`${label}  ${ProgressLine.bar(part, WIDTH)}  ${String(percent).padStart(3)} %`);
    },
    end: () => {
      if (shown >= 0) line.clear();
    },
  };
}
