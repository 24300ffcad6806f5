/** A block of numbers as codes: `x ≈ (code − zero) · scale`. */
export interface BlockCode {
  readonly codes: Uint8Array;
  /** NaN or infinite if a number of the block is not finite. */
  readonly scale: number;
  readonly zero: number;
}

/** The nearest codes for a scale. */
function encode(x: Float32Array, scale: number, { zero, top }: { zero: number; top: number }): Uint8Array {
  const inverse = scale === 0 ? 0 : 1 / scale;
  const codes = new Uint8Array(x.length);
  for (let at = 0; at < x.length; at += 1) {
    codes[at] = Math.min(top, Math.max(0, Math.round(x[at]! * inverse) + zero));
  }
  return codes;
}

/**
 * The code of least squared error with 0 in the middle, among those whose scale puts the number of the largest size on the
 * last code below the middle, or one nearer; each with the scale that then fits its codes best, `Σ x·q / Σ q²`.
 */
export function symmetricBlock(x: Float32Array, bits: 4 | 8): BlockCode {
  const zero = 2 ** (bits - 1);
  const extreme = x.reduce((largest, value) => (Math.abs(value) > Math.abs(largest) ? value : largest), 0);
  const total = x.reduce((sum, value) => sum + value, 0);
  if (extreme === 0 || !Number.isFinite(total)) {
    return { codes: new Uint8Array(x.length).fill(zero), scale: Number.isFinite(total) ? 0 : NaN, zero };
  }
  let best: BlockCode | undefined;
  let least = Infinity;
  for (const steps of [zero, zero - 1]) {
    const codes = encode(x, -extreme / steps, { zero, top: 2 * zero - 1 });
    const { scale, error } = fit(x, codes, zero);
    if (error < least) [best, least] = [{ codes, scale, zero }, error];
  }
  return best!;
}

/** The scale of least squared error for given codes, as float32, and that error. */
function fit(x: Float32Array, codes: Uint8Array, zero: number): { scale: number; error: number } {
  let products = 0;
  let squares = 0;
  for (let at = 0; at < x.length; at += 1) {
    const code = codes[at]! - zero;
    products += x[at]! * code;
    squares += code * code;
  }
  const scale = Math.fround(products / squares);
  let error = 0;
  for (let at = 0; at < x.length; at += 1) error += (x[at]! - (codes[at]! - zero) * scale) ** 2;
  return { scale, error };
}

/** The code whose range spans the numbers and 0, which gets a code of its own. */
export function asymmetricBlock(x: Float32Array, bits: 4 | 8): BlockCode {
  const top = 2 ** bits - 1;
  const low = x.reduce((least, value) => Math.min(least, value), 0);
  const high = x.reduce((most, value) => Math.max(most, value), 0);
  const scale = Math.fround((high - low) / top);
  const zero = scale === 0 || !Number.isFinite(scale) ? 0 : Math.round(-low / scale);
  return { codes: encode(x, scale, { zero, top }), scale, zero };
}
