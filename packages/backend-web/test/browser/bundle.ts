import { build } from 'esbuild';

/** Bundles a program for pages, as the guide tells users to, from the sources of the workspace. */
export async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
    conditions: ['@gai/source', 'onnxruntime-web-use-extern-wasm'],
  });
  return outputFiles[0]!.text;
}
