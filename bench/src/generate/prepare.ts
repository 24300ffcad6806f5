import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '@gai/hub/node';
import type { WriterOptions } from './writer.ts';

/** The peers, which only this bench uses: they are fetched by it, not with the workspace. */
const PEERS = ['@huggingface/transformers@4.3.2', 'node-llama-cpp@3.22.1'];

const python = process.env['GAI_BENCH_PYTHON'] ?? 'python3';

/** Fetches the peers and writes the model's files, where that is not done. */
export function prepare(model: string): WriterOptions {
  const root = join(cacheFolder(), 'bench-generate');
  mkdirSync(root, { recursive: true });
  const peers = once(join(root, 'peers'), (folder) => {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    // What their install scripts do besides (GPU libraries, a build from source) is not wanted.
    const flags = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
    execFileSync('npm', ['install', ...flags, ...PEERS], { stdio: ['ignore', 2, 2] });
  });
  const folder = once(join(root, folderName(model)), (made) => {
    const program = fileURLToPath(new URL('export_model.py', import.meta.url));
    execFileSync(python, [program, model, made], { stdio: ['ignore', 2, 2] });
  });
  return { folder, peers };
}

/** A name for what is made of a model: another one for each file, and not one that a reader takes for the file itself. */
export function folderName(model: string): string {
  if (model === 'gpt2') return model;
  const path = resolve(model);
  const hash = createHash('sha256').update(`${path} ${statSync(path).mtimeMs}`);
  return `${basename(path, '.gguf')}-${hash.digest('hex').slice(0, 8)}`;
}

/** Makes a folder that is whole or not there. */
function once(folder: string, make: (folder: string) => void): string {
  if (existsSync(folder)) return folder;
  const made = `${folder}.${process.pid}`;
  mkdirSync(made);
  try {
    make(made);
    renameSync(made, folder);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return folder;
}
