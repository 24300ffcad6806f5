import type { Storage } from '@gai/core/backend';

/** Files in memory. */
export function memory(): Storage & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  const storage = {
    files,
    size: async (path: string) => files.get(path)?.length,
    read: async (path: string, start: number, length: number) => files.get(path)!.slice(start, start + length),
    writeAtomic: async (path: string, chunks: AsyncIterable<Uint8Array>) => {
      const bytes: number[] = [];
      for await (const chunk of chunks) bytes.push(...chunk);
      files.set(path, Uint8Array.from(bytes));
    },
  };
  return storage as unknown as Storage & { readonly files: Map<string, Uint8Array> };
}
