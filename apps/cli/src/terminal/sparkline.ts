const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * Numbers above 0 as a line of bars on a logarithmic scale, averaged down to `width` of them; the lowest is the lowest
 * bar.
 */
export function sparkline(values: readonly number[], width: number): string {
  if (values.length === 0) return '';
  const count = Math.min(width, values.length);
  const means = Array.from({ length: count }, (_, index) => {
    const part = values.slice(
      Math.floor((index * values.length) / count),
      Math.floor(((index + 1) * values.length) / count),
    );
    return Math.log(Math.max(1e-12, part.reduce((sum, value) => sum + value, 0) / part.length));
  });
  const low = Math.min(...means);
  const range = Math.max(...means) - low || 1;
  return means.map((value) => BARS[Math.min(7, Math.floor(((value - low) / range) * 8))]).join('');
}
