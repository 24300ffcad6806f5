import type { styleFor } from './style.ts';

/**
 * A confusion matrix as a table: true classes down, predicted ones across, zeros as dots.
 * @param counts - `counts[truth][prediction]`.
 */
export function confusionTable(counts: readonly (readonly number[])[], style: ReturnType<typeof styleFor>): string {
  const width = Math.max(3, ...counts.flat().map((count) => String(count).length)) + 1;
  const header = `true \\ predicted${counts.map((_, index) => String(index).padStart(width)).join('')}`;
  const rows = counts.map((row, truth) => {
    const cells = row.map((count, prediction) => {
      const text = (count === 0 ? '·' : String(count)).padStart(width);
      if (count === 0) return style.dim(text);
      return truth === prediction ? style.green(text) : style.red(text);
    });
    return `${String(truth).padStart(16)}${cells.join('')}`;
  });
  return [style.bold(header), ...rows].join('\n');
}
