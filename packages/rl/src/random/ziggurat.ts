import type { PCG64 } from './pcg64.ts';
import { EXPONENTIAL_WIDTHS, NORMAL_WIDTHS } from './ziggurat-tables.ts';

const NORMAL_R = 3.6541528853610088;
const NORMAL_INVERSE_R = 0.2736612373297583;
const EXPONENTIAL_R = 7.69711747013105;

/** One distribution cut into 256 layers of equal area (Marsaglia and Tsang 2000). */
interface Layers {
  /** Value per random unit, per layer. */
  readonly width: Float64Array;
  /** Below this many units a draw lies wholly under the curve. */
  readonly inside: Float64Array;
  /** Density at the layer's edge. */
  readonly density: Float64Array;
}

function buildLayers(base64: string, units: number, density: (x: number) => number): Layers {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const width = Float64Array.from({ length: 256 }, (_, layer) => view.getFloat64(8 * layer, true));
  const inside = Float64Array.from(width, (w, layer) => {
    if (layer === 0) return Math.floor((width[255]! / w) * units);
    return layer === 1 ? 0 : Math.floor((width[layer - 1]! / w) * units);
  });
  return { width, inside, density: Float64Array.from(width, (w, layer) => (layer === 0 ? 1 : density(w * units))) };
}

let normalLayers: Layers | undefined;
let exponentialLayers: Layers | undefined;

function underWedge({ density }: Layers, layer: number, uniform: number, target: number): boolean {
  return (density[layer - 1]! - density[layer]!) * uniform + density[layer]! < target;
}

/** A draw beyond R (Marsaglia 1964). */
function normalTail(bits: PCG64): number {
  for (;;) {
    const x = -NORMAL_INVERSE_R * Math.log1p(-bits.nextDouble());
    const y = -Math.log1p(-bits.nextDouble());
    if (y + y > x * x) return NORMAL_R + x;
  }
}

/** One draw of N(0, 1), equal to NumPy's `Generator.standard_normal`. */
export function standardNormal(bits: PCG64): number {
  normalLayers ??= buildLayers(NORMAL_WIDTHS, 2 ** 52, (x) => Math.exp(-0.5 * x * x));
  for (;;) {
    bits.nextUint64();
    const { high, low } = bits;
    const layer = low & 0xff;
    const units = ((high & 0x1fffffff) >>> 0) * 2 ** 23 + (low >>> 9);
    const magnitude = units * normalLayers.width[layer]!;
    const x = (low & 0x100) === 0 ? magnitude : -magnitude;
    if (units < normalLayers.inside[layer]!) return x;
    if (layer === 0) {
      const tail = normalTail(bits);
      return Math.floor(units / 256) % 2 === 1 ? -tail : tail;
    }
    if (underWedge(normalLayers, layer, bits.nextDouble(), Math.exp(-0.5 * x * x))) return x;
  }
}

/** One draw of the exponential distribution with mean 1, equal to NumPy's `Generator.standard_exponential`. */
export function standardExponential(bits: PCG64): number {
  exponentialLayers ??= buildLayers(EXPONENTIAL_WIDTHS, 2 ** 53, (x) => Math.exp(-x));
  for (;;) {
    bits.nextUint64();
    const { high, low } = bits;
    const layer = (low >>> 3) & 0xff;
    const units = high * 2 ** 21 + (low >>> 11);
    const x = units * exponentialLayers.width[layer]!;
    if (units < exponentialLayers.inside[layer]!) return x;
    if (layer === 0) return EXPONENTIAL_R - Math.log1p(-bits.nextDouble());
    if (underWedge(exponentialLayers, layer, bits.nextDouble(), Math.exp(-x))) return x;
  }
}
