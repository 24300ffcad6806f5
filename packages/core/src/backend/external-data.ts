import { rawBytes } from '../onnx/model.ts';
import type { ExternalContent } from './backend.ts';

/** The bytes of weights beside a model, of buffers as they are read: on a CPU where they lie. */
export async function readExternal(
  data: ReadonlyMap<string, ExternalContent> | undefined,
): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  if (data === undefined) return undefined;
  const bytes = new Map<string, Uint8Array>();
  for (const [location, content] of data) {
    if (content instanceof Uint8Array) {
      bytes.set(location, content);
      continue;
    }
    bytes.set(location, rawBytes(await content.read()));
  }
  return bytes;
}
