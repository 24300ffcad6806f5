/** A GGUF file of float32 tensors, for tests. */

type Value = number | string;

class Bytes {
  readonly #parts: Uint8Array[] = [];
  length = 0;

  add(part: Uint8Array): void {
    this.#parts.push(part);
    this.length += part.length;
  }

  number(value: number, bytes: 4 | 8): void {
    const view = new DataView(new ArrayBuffer(bytes));
    if (bytes === 4) view.setUint32(0, value, true);
    else view.setBigUint64(0, BigInt(value), true);
    this.add(new Uint8Array(view.buffer));
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.number(bytes.length, 8);
    this.add(bytes);
  }

  whole(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

const ALIGNMENT = 32;

/** Numbers that are no whole ones are written as float32. */
export function writeGguf(
  metadata: Readonly<Record<string, Value>>,
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
): Uint8Array<ArrayBuffer> {
  const out = new Bytes();
  out.add(new TextEncoder().encode('GGUF'));
  out.number(3, 4);
  out.number(tensors.size, 8);
  out.number(Object.keys(metadata).length, 8);
  for (const [key, value] of Object.entries(metadata)) {
    out.text(key);
    if (typeof value === 'string') {
      out.number(8, 4);
      out.text(value);
    } else if (Number.isInteger(value)) {
      out.number(4, 4);
      out.number(value, 4);
    } else {
      out.number(6, 4);
      out.add(new Uint8Array(Float32Array.of(value).buffer));
    }
  }
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    out.text(name);
    out.number(shape.length, 4);
    for (const size of [...shape].reverse()) out.number(size, 8);
    out.number(0, 4);
    out.number(offset, 8);
    offset += Math.ceil(data.byteLength / ALIGNMENT) * ALIGNMENT;
  }
  out.add(new Uint8Array((ALIGNMENT - (out.length % ALIGNMENT)) % ALIGNMENT));
  for (const { data } of tensors.values()) {
    out.add(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    out.add(new Uint8Array((ALIGNMENT - (data.byteLength % ALIGNMENT)) % ALIGNMENT));
  }
  return out.whole();
}
