import { redraws } from './style.ts';
import type { Output } from './style.ts';

const WIDTH = 30;

/**
 * A bar that is redrawn in place on a terminal; elsewhere nothing is written. Not nn's ProgressLine: who fetches or converts models
 * has no nn.
 */
export function progress(output: Output, label: string): { update(part: number): void; end(): void } {
  let shown = -1;
  return {
    update: (part) => {
      const percent = Math.round(part * 100);
      if (!redraws(output) || percent === shown) return;
      shown = percent;
      const filled = Math.min(WIDTH, Math.max(0, Math.round(WIDTH * part)));
      const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
      const line = `${label}  ${bar}  ${String(percent).padStart(3)} %`;
      output.write(`\r\u001b[2K${line.slice(0, (output.columns ?? 80) - 1)}`);
    },
    end: () => {
      if (shown >= 0) output.write('\r\u001b[2K');
    },
  };
}

/** Shows how far a model is read while `read` goes on. */
export async function whileReading<Model>(
  output: Output,
  read: (onProgress: (part: { readonly loaded: number; readonly total: number }) => void) => Promise<Model>,
): Promise<Model> {
  const bar = progress(output, 'reading');
  try {
    return await read(({ loaded, total }) => bar.update(loaded / Math.max(1, total)));
  } finally {
    bar.end();
  }
}
