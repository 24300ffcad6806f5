import type { Chart } from './chart.ts';

/** One axis of a chart: what it spans and where it is labelled. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  /** Round numbers from `low` to `high`. */
  readonly ticks: readonly number[];
  /** A tick in words, every one with the digits that the step between them needs. */
  readonly label: (tick: number) => string;
}

/** About how many ticks an axis gets. */
const TICKS = 5;

/** The round step, 1, 2 or 5 times a power of ten, nearest to a span cut into as many parts as there are ticks. */
function roundStep(span: number): number {
  const rough = span / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const ratio = rough / power;
  const factor = ratio >= Math.sqrt(50) ? 10 : ratio >= Math.sqrt(10) ? 5 : ratio >= Math.SQRT2 ? 2 : 1;
  return factor * power;
}

/** An axis over the data. */
function axisOf(low: number, high: number): Axis {
  const step = roundStep(high - low);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return {
    low,
    high,
    ticks: Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step),
    label: (tick) => (digits > 8 || Math.abs(tick) >= 1e9 ? tick.toPrecision(3) : tick.toFixed(digits)),
  };
}

/** The high end of an axis, apart from the low one however large the numbers are: 1 more than 1e20 is 1e20. */
const above = (low: number, high: number): number =>
  high - low > Math.abs(low) * 1e-12 ? high : low + Math.max(1, Math.abs(low) * 1e-3);

/** The two axes of a chart: they span the data, with the bands where those are drawn. */
export function frameOf({ series }: Chart, hasBands: boolean): { readonly x: Axis; readonly y: Axis } {
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const one of series) {
    for (let i = 0; i < one.x.length; i++) {
      const band = hasBands ? (one.band?.[i] ?? 0) : 0;
      if (!Number.isFinite(one.y[i]!)) continue;
      x0 = Math.min(x0, one.x[i]!);
      x1 = Math.max(x1, one.x[i]!);
      y0 = Math.min(y0, one.y[i]! - (band > 0 ? band : 0));
      y1 = Math.max(y1, one.y[i]! + (band > 0 ? band : 0));
    }
  }
  if (x0 > x1) [x0, x1, y0, y1] = [0, 1, 0, 1];
  return { x: axisOf(x0, above(x0, x1)), y: axisOf(y0, above(y0, y1)) };
}

/** Where a value lies on an axis, from 0 to 1. */
export function position({ low, high }: Axis, value: number): number {
  return (value - low) / (high - low);
}
