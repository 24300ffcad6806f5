import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WASM_FILES } from '../files/wasm-files.ts';

/** Copies ONNX Runtime's WebAssembly files to a folder that a site serves; gives their names. */
export async function copyWasmFiles(folder: string): Promise<string[]> {
  const from = dirname(fileURLToPath(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')));
  const files = Object.values(WASM_FILES).flat();
  await mkdir(folder, { recursive: true });
  for (const file of files) await copyFile(join(from, file), join(folder, file));
  return files;
}
