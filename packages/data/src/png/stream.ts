/** A stream that turns bytes into bytes: `CompressionStream` or `DecompressionStream`. */
export interface ByteTransform {
  readonly readable: unknown;
  readonly writable: unknown;
}

/** The parts of a stream's writer and reader that are used here, alike in browsers and Node. */
interface Writer {
  readonly closed: Promise<unknown>;
  write(piece: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

/** Sends `pieces` through the stream and yields what comes out. Leaving the loop stops the stream. */
export async function* pipe(pieces: readonly Uint8Array[], transform: ByteTransform): AsyncGenerator<Uint8Array> {
  const writer = (transform.writable as { getWriter(): Writer }).getWriter();
  const reader = (transform.readable as { getReader(): Reader }).getReader();
  // The reader reports what goes wrong; the same error on the writing side must not count as unhandled.
  const reported = (): void => {};
  writer.closed.catch(reported);
  for (const piece of pieces) if (piece.length > 0) writer.write(piece).catch(reported);
  writer.close().catch(reported);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value) yield value;
    }
  } finally {
    await reader.cancel().catch(reported);
  }
}

/** The pieces in one array. */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    out.set(piece, offset);
    offset += piece.length;
  }
  return out;
}
