/** A GGUF file of float32 tensors, for tests. */

type Single = number | string;

/** Values by name; lists are of one kind. */
export type GgufMetadata = Readonly<Record<string, Single | readonly Single[]>>;

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

const [UINT32, FLOAT32, STRING, ARRAY] = [4, 6, 8, 9];

const kindOf = (value: Single): number =>
  typeof value === 'string' ? STRING : Number.isInteger(value) ? UINT32 : FLOAT32;

function writeValue(out: Bytes, value: Single, kind: number): void {
  if (kind === STRING) out.text(String(value));
  else if (kind === UINT32) out.number(Number(value), 4);
  else out.add(new Uint8Array(Float32Array.of(Number(value)).buffer));
}

/** Numbers that are no whole ones are written as float32. */
export function writeGguf(
  metadata: GgufMetadata,
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
): Uint8Array<ArrayBuffer> {
  const out = new Bytes();
  out.add(new TextEncoder().encode('GGUF'));
  out.number(3, 4);
  out.number(tensors.size, 8);
  out.number(Object.keys(metadata).length, 8);
  for (const [key, value] of Object.entries(metadata)) {
    out.text(key);
    const list = Array.isArray(value) ? (value as readonly Single[]) : undefined;
    const values = list ?? [value as Single];
    if (list !== undefined) out.number(ARRAY, 4);
    const kind = kindOf(values[0]!);
    out.number(kind, 4);
    if (list !== undefined) out.number(list.length, 8);
    for (const each of values) writeValue(out, each, kind);
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
