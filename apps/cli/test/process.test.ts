import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileStorage } from '@gai/backend-node';
import { encodePng } from '@gai/data';
import { loadDigits } from '@gai/data/node';
import { loadCheckpoint } from '@gai/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram } from '../../../packages/tooling/src/bundle-program.ts';
import { writeModel } from './tiny-models.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));

let main = '';
let folder = '';
let trained = '';
beforeAll(async () => {
  main = await bundleProgram(MAIN);
  folder = await mkdtemp(join(tmpdir(), 'gai-process-'));
  trained = join(folder, 'trained');
});
afterAll(() => rm(folder, { recursive: true }));

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [main, ...args], {
    cwd: WORKSPACE,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
}

function finish(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

/** A tensor of 256 MB that was packed into a quarter of it. */
function largeGguf(): Buffer {
  const rows = 1 << 16;
  const name = Buffer.from('w');
  const head = Buffer.alloc(24 + 8 + name.length + 4 + 16 + 4 + 8);
  head.write('GGUF');
  head.writeUInt32LE(3, 4);
  head.writeBigUInt64LE(1n, 8);
  head.writeBigUInt64LE(BigInt(name.length), 24);
  name.copy(head, 32);
  const at = 32 + name.length;
  head.writeUInt32LE(2, at);
  head.writeBigUInt64LE(1024n, at + 4);
  head.writeBigUInt64LE(BigInt(rows), at + 12);
  head.writeUInt32LE(8, at + 20); // Q8_0: 34 bytes for 32 numbers
  const padding = Buffer.alloc((32 - (head.length % 32)) % 32);
  return Buffer.concat([head, padding, Buffer.alloc((rows * 1024 * 34) / 32)]);
}

const gai = (args: readonly string[], env?: Record<string, string>) => finish(start(args, env));

const digits = (out: string, ...more: string[]): string[] => [
  'train',
  'digits',
  '--threads',
  '1',
  '--out',
  out,
  ...more,
];

describe('gai train digits', () => {
  it('learns, writes its files, and ends with a line of JSON', async () => {
    const { code, stdout, stderr } = await gai(digits(trained, '--epochs', '1', '--json'));
    expect({ code, stderr: stderr.split('\n')[0] }).toEqual({
      code: 0,
      stderr: 'Handwritten digits: 8000 to learn from, 2000 to test on. lenet on cpu.',
    });
    const result = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
    expect(Object.keys(result)).toEqual(['testAccuracy', 'seconds', 'stepMs', 'device', 'onnx']);
    expect(result['testAccuracy']).toBeGreaterThan(0.9);
    expect(stdout).toContain('the same digit for 2000 of 2000 test pictures');
    expect(await readdir(trained)).toEqual(['last.safetensors', 'model.onnx', 'model.safetensors', 'run.json']);
    // No terminal: no colours, no cursor movement.
    expect(stdout + stderr).not.toContain('\u001b');
  });

  it('draws in colour when asked to, and never with NO_COLOR', async () => {
    const args = ['info'];
    expect((await gai(args, { FORCE_COLOR: '1', NO_COLOR: '' })).stdout).toContain('\u001b[');
    expect((await gai(args, { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain('\u001b');
  });

  it('stopped by Ctrl-C ends with 130 and a checkpoint that goes on', async () => {
    const out = join(folder, 'interrupted');
    const child = start(digits(out, '--epochs', '40'));
    const ended = finish(child);
    let seen = '';
    child.stderr?.on('data', (text: Buffer) => {
      if (!seen.includes('epoch 1/40') && (seen += text.toString()).includes('epoch 1/40')) child.kill('SIGINT');
    });
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('Stopping after this step');
    expect(stderr).toMatch(/gai: fit: interrupted after step \d+\. Resume from the last checkpoint\./);
    const saved = await loadCheckpoint(join(out, 'last.safetensors'), fileStorage);
    expect(saved.step).toBeGreaterThanOrEqual(125);
    const resumed = await gai(digits(out, '--epochs', '2', '--resume', '--json'));
    expect(resumed.stderr).toContain('epoch 2/2');
    expect(resumed.stderr).not.toContain('epoch 1/2');
    expect(resumed.code).toBe(0);
  });

  it('finishes and writes its files when the reader of its progress goes away', async () => {
    const out = join(folder, 'unread');
    const child = start(digits(out, '--epochs', '2'));
    child.stdout?.destroy();
    child.stderr?.once('data', () => child.stderr?.destroy()); // like `2>&1 | head -2`
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect({ code, files: await readdir(out) }).toEqual({
      code: 0,
      files: ['last.safetensors', 'model.onnx', 'model.safetensors', 'run.json'],
    });
  });

  it('does not mind a reader that goes away', async () => {
    const child = start(['--help']);
    child.stdout?.destroy();
    const { code, stderr } = await finish(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.skipIf(process.platform !== 'linux')('says in one line that the disk is full of its output', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [main, '--help'], {
      cwd: WORKSPACE,
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    expect(await finish(child)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        "gai: output: the disk is full at 'standard output' (ENOSPC). Free some space or choose another folder.\n",
    });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s leaves nothing of a file that is written', async (signal) => {
    const [source, out] = [join(folder, 'large.gguf'), join(folder, `out-${signal}`, 'large.safetensors')];
    await writeFile(source, largeGguf());
    const child = start(['convert', source, '--out', out]);
    const ended = finish(child);
    const looking = setInterval(async () => {
      if ((await readdir(join(out, '..')).catch(() => [])).length > 0) child.kill(signal);
    }, 2);
    const { code } = await ended;
    clearInterval(looking);
    expect({ code, files: await readdir(join(out, '..')) }).toEqual({
      code: signal === 'SIGINT' ? 130 : 143,
      files: [],
    });
  });

  it('takes no more lines in once nobody reads what becomes of them', async () => {
    await writeFile(join(folder, 'vocab.txt'), '[UNK]\n[CLS]\n[SEP]\nyes\n');
    const child = spawn(process.execPath, [main, 'tokenize', join(folder, 'vocab.txt'), '--json'], {
      cwd: WORKSPACE,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const ended = finish(child);
    child.stdin.on('error', () => {}); // its pipe may close before the last line is written
    const writing = setInterval(() => child.stdin.write('yes\n'.repeat(100)), 5);
    child.stdout.once('data', () => child.stdout.destroy());
    const { code, stderr } = await ended;
    clearInterval(writing);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('gai predict', () => {
  it('reads digits from pictures: as they are, and drawn dark on light and larger', async () => {
    const { test } = await loadDigits();
    const { x, y } = test.take(1).gather();
    const small = Uint8Array.from(x.data, (value) => Math.round(value * 255));
    const large = new Uint8Array(100 * 120).fill(255);
    for (let row = 0; row < 84; row++) {
      for (let column = 0; column < 84; column++) {
        large[(row + 5) * 120 + column + 20] = 255 - small[Math.floor(row / 3) * 28 + Math.floor(column / 3)]!;
      }
    }
    await writeFile(join(folder, 'small.png'), await encodePng({ width: 28, height: 28, channels: 1, data: small }));
    await writeFile(join(folder, 'large.png'), await encodePng({ width: 120, height: 100, channels: 1, data: large }));
    for (const name of ['small.png', 'large.png']) {
      const { stdout, code } = await gai([
        'predict',
        join(folder, name),
        '--model',
        join(trained, 'model.onnx'),
        '--json',
      ]);
      expect({ code, digit: (JSON.parse(stdout) as { digit: number }).digit }).toEqual({ code: 0, digit: y.data[0] });
    }
  });
});

describe('gai generate', () => {
  let args: readonly string[] = [];
  beforeAll(async () => {
    const model = join(folder, 'llama');
    const options = { max_new_tokens: 1_000_000, eos_token_id: null, suppress_tokens: [0, 1, 2, 3, 4] };
    await writeModel(model, 'llama', { 'options.json': options });
    args = ['generate', model, 'the cat', '--options', join(model, 'options.json'), '--threads', '1'];
  });

  it('stopped by Ctrl-C ends with 130 and what there is', async () => {
    const child = start(args);
    const ended = finish(child);
    child.stdout?.once('data', () => child.kill('SIGINT'));
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(stdout.trim()).not.toBe('');
    expect(stdout.endsWith('\n')).toBe(true);
    expect(stderr).toMatch(/gai: generate: interrupted after \d+ tokens\.\n$/);
  });

  it('writes no more once nobody reads it', async () => {
    const child = start(args);
    const ended = finish(child);
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect((await ended).code).toBe(0);
  });
});
