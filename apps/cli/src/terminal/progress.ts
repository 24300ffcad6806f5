import { redraws } from './style.ts';
import type { Output } from './style.ts';

const WIDTH = 30;

/** A bar that is redrawn in place on a terminal; elsewhere nothing is written. */
export function progress(output: Output, label: string): { update(part: number): void; end(): void } {
  if (!redraws(output)) return { update: () => undefined, end: () => undefined };
  let shown = -1;
  return {
    update: (part) => {
      const percent = Math.round(part * 100);
      if (percent === shown) return;
      shown = percent;
      const done = Math.round(part * WIDTH);
      const bar = '━'.repeat(done) + '╌'.repeat(WIDTH - done);
      output.write(`\r${label}  ${bar}  ${String(percent).padStart(3)} %`);
    },
    end: () => {
      if (shown >= 0) output.write('\r\u001b[K');
    },
  };
}
