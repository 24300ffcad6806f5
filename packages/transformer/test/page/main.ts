/** The page of `smollm2-page.full.test.ts`: it answers with a model that its site serves, on WebAssembly. */
import { webBackend } from '@gai/backend-web';
import { setDefaultBackend } from '@gai/core';
import { textGenerator } from '../../src/text/index.ts';
import { MemoryStorage } from '../memory-storage.ts';

/** What the page wrote. */
export interface Answer {
  readonly ids: readonly number[];
  readonly text: string;
  /** The text as it came. */
  readonly pieces: readonly string[];
  readonly finishReason: string;
  /** Milliseconds from the question to the first piece of text, and to the end. */
  readonly first: number;
  readonly all: number;
}

setDefaultBackend(await webBackend({ device: 'wasm', threads: 1, wasmPaths: '/ort/', strict: true }));
const storage = new MemoryStorage();
const file = await fetch('/model.gguf');
storage.files.set('model.gguf', new Uint8Array(await file.arrayBuffer()));
const writer = await textGenerator('model.gguf', { storage });

async function answer(question: string): Promise<Answer> {
  const began = performance.now();
  const stream = writer.stream([{ role: 'user', content: question }], { maxNewTokens: 40 });
  const pieces: string[] = [];
  let first = 0;
  for await (const piece of stream) {
    first ||= performance.now() - began;
    pieces.push(piece);
  }
  const { ids, text, finishReason } = await stream.result();
  return { ids, text, pieces, finishReason, first, all: performance.now() - began };
}

Object.assign(globalThis, { answer });
