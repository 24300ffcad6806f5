// `pnpm gpu:pack [folder]`: makes a folder that a machine with a GPU needs nothing but a driver to run: ./run.sh in it.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Of bytes, what may be carried to such a machine. */
const MOST = 60_000_000;
const PLATFORM = 'bin/napi-v6/linux/x64';
/** Where libraries lie that a bare machine may lack; the loader of Vulkan also comes with Chromium. */
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib/chromium'];

/** Puts everything into a folder as it will be unpacked. */
async function fill(room: string): Promise<void> {
  copyNode(join(room, 'bin'));
  copyLibraries(join(room, 'lib/base'), ['libstdc++.so.6', 'libgcc_s.so.1']);
  copyLibraries(join(room, 'lib/vulkan'), ['libvulkan.so.1']);
  copyRuntime(join(room, 'app/node_modules'));
  await build({
    entryPoints: [join(import.meta.dirname, 'main.ts')],
    outfile: join(room, 'app/main.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@gai/source'],
    external: ['onnxruntime-*'],
    logLevel: 'error',
  });
}

function copyNode(folder: string): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `gpu:pack: only on Linux x64. Got ${process.platform}-${process.arch}; the binaries come from here.`,
    );
  }
  mkdirSync(folder, { recursive: true });
  const node = join(folder, 'node');
  copyFileSync(realpathSync(process.execPath), node);
  chmodSync(node, 0o755);
  try {
    execFileSync('strip', ['-s', node]); // a tenth smaller
  } catch {
    console.warn('gpu:pack: without strip of binutils the folder is 3 MB larger.');
  }
}

function copyLibraries(folder: string, names: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const found = LIBRARIES.map((one) => join(one, name)).find((path) => existsSync(path));
    if (found === undefined)
      throw new Error(`gpu:pack: ${name} is not on this machine. Install it (libvulkan1, chromium).`);
    copyFileSync(realpathSync(found), join(folder, name));
  }
}

/** The two packages of the runtime, with the files of this platform alone. */
function copyRuntime(modules: string): void {
  const runtime = realpathSync(join(ROOT, 'packages/backend-node/node_modules/onnxruntime-node'));
  const common = realpathSync(join(runtime, '../onnxruntime-common')); // beside it in every layout of node_modules
  for (const [name, from, parts] of [
    ['onnxruntime-node', runtime, ['package.json', 'dist', PLATFORM]],
    ['onnxruntime-common', common, ['package.json', 'dist']],
  ] as const) {
    const filter = (path: string): boolean => !/\.map$|\.d\.ts$|\.min\.js$/.test(path);
    for (const part of parts) cpSync(join(from, part), join(modules, name, part), { recursive: true, filter });
  }
}

const out = resolve(process.argv[2] ?? join(ROOT, 'gpu-pack'));
const room = mkdtempSync(join(tmpdir(), 'gai-pack-'));
try {
  await fill(room);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  execFileSync('tar', ['czf', join(out, 'payload.tar.gz'), '-C', room, '.']);
  copyFileSync(join(import.meta.dirname, 'run.sh'), join(out, 'run.sh'));
  chmodSync(join(out, 'run.sh'), 0o755);
} finally {
  rmSync(room, { recursive: true, force: true });
}
const bytes = ['payload.tar.gz', 'run.sh'].reduce((sum, name) => sum + statSync(join(out, name)).size, 0);
console.log(
  `${out}: ${(bytes / 1e6).toFixed(1)} MB. Carry it to a Linux machine with a GPU's driver and start ./run.sh there.`,
);
if (bytes > MOST) throw new Error(`gpu:pack: too large. Got ${bytes} bytes; expected at most ${MOST}.`);
