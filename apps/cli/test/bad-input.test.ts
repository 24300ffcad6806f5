import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import { tensor } from '@gai/core';
import { encodePng } from '@gai/data';
import { saveCheckpoint } from '@gai/nn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gai } from './support.ts';

let folder = '';
const at = (name: string): string => join(folder, name);

/** An IDX file: magic, sizes, bytes. */
function idx(sizes: readonly number[], bytes: Uint8Array, type = 8): Uint8Array {
  const head = new DataView(new ArrayBuffer(4 + sizes.length * 4));
  head.setUint32(0, (type << 8) | sizes.length);
  sizes.forEach((size, axis) => head.setUint32(4 + axis * 4, size));
  return Buffer.concat([new Uint8Array(head.buffer), bytes]);
}

async function idxFolder(name: string, images: Uint8Array, labels: Uint8Array): Promise<void> {
  await mkdir(at(name), { recursive: true });
  for (const part of ['train', 't10k']) {
    await writeFile(join(at(name), `${part}-images-idx3-ubyte`), images);
    await writeFile(join(at(name), `${part}-labels-idx1-ubyte`), labels);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-cli-'));
  const pixels = new Uint8Array(4 * 784).fill(7);
  const labels = Uint8Array.of(0, 1, 2, 3);
  await writeFile(at('text.png'), 'this is no picture');
  await writeFile(at('empty.png'), '');
  const picture = await encodePng({ width: 30, height: 30, channels: 1, data: new Uint8Array(900) });
  await writeFile(at('blank.png'), picture);
  await writeFile(at('cut.png'), picture.subarray(0, picture.length - 20));
  await writeFile(
    at('flipped.png'),
    picture.map((byte, index) => (index === 45 ? byte ^ 0xff : byte)),
  );
  const drawn = new Uint8Array(784).fill(0);
  drawn.fill(255, 300, 400);
  await writeFile(at('digit.png'), await encodePng({ width: 28, height: 28, channels: 1, data: drawn }));
  await writeFile(at('text.onnx'), 'this is no model');
  await writeFile(at('empty.onnx'), '');
  await mkdir(at('folder.onnx'));
  await idxFolder('idx-good', idx([4, 28, 28], pixels), idx([4], labels));
  await idxFolder('idx-cut', idx([4, 28, 28], pixels.subarray(0, 100)), idx([4], labels));
  await idxFolder('idx-magic', new TextEncoder().encode('not an idx file at all'), idx([4], labels));
  await idxFolder('idx-huge', idx([0x7fffffff, 28, 28], pixels), idx([4], labels));
  await idxFolder('idx-count', idx([4, 28, 28], pixels), idx([3], labels.subarray(0, 3)));
  await idxFolder('idx-empty', idx([0, 28, 28], new Uint8Array(0)), idx([0], new Uint8Array(0)));
  await idxFolder('idx-sizes', idx([4, 20, 20], pixels.subarray(0, 1600)), idx([4], labels));
  await idxFolder('idx-labels', idx([4, 28, 28], pixels), idx([4], Uint8Array.of(0, 1, 2, 200)));
  await idxFolder('idx-type', idx([4, 28, 28], pixels, 0x77), idx([4], labels));
  await mkdir(at('no-idx'));
  await writeFile(at('a-file'), 'x');
  await mkdir(at('resume-none'));
  for (const [name, bytes] of [
    ['resume-text', 'text'],
    ['resume-empty', ''],
  ] as const) {
    await mkdir(at(name));
    await writeFile(join(at(name), 'last.safetensors'), bytes);
  }
  const checkpoint = { tensors: { 'model.other': tensor([1, 2]) }, step: 1, progress: {} };
  await saveCheckpoint(join(at('resume-other'), 'last.safetensors'), checkpoint, fileStorage);
  const bytes = await readFile(join(at('resume-other'), 'last.safetensors'));
  await mkdir(at('resume-damaged'));
  await writeFile(
    join(at('resume-damaged'), 'last.safetensors'),
    bytes.map((b, i) => (i === bytes.length - 1 ? b ^ 1 : b)),
  );
  await mkdir(at('resume-cut'));
  await writeFile(join(at('resume-cut'), 'last.safetensors'), bytes.subarray(0, bytes.length - 3));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const train = (...args: string[]): string[] => ['train', 'digits', '--epochs', '1', '--out', at('out'), ...args];
const resume = (name: string): string[] => ['train', 'digits', '--epochs', '1', '--resume', '--out', at(name)];

/** What is typed, the exit code, and what the one line must say. */
const CASES: readonly (readonly [name: string, args: () => string[], code: number, message: string])[] = [
  ['an unknown command', () => ['trane'], 2, "unknown command 'trane'"],
  ['a misspelt command is corrected', () => ['trian'], 2, 'Did you mean train?'],
  ['an unknown option', () => ['info', '--loud'], 2, "error: unknown option '--loud'. See gai info --help.\n"],
  [
    'a misspelt option',
    () => train('--epoch', '3'),
    2,
    "'--epoch' (Did you mean --epochs?) See gai train digits --help.\n",
  ],
  ['an unknown data set', () => ['train', 'letters'], 2, "unknown command 'letters'"],
  ['an unknown model', () => train('--model', 'vgg'), 2, 'Allowed choices are lenet, resnet20'],
  ['no epochs', () => ['train', 'digits', '--epochs', '0'], 2, "Got '0'; expected a whole number of 1 or more"],
  ['half an epoch', () => ['train', 'digits', '--epochs', '0.5'], 2, "Got '0.5'"],
  ['epochs that are no number', () => ['train', 'digits', '--epochs', 'many'], 2, "Got 'many'"],
  ['negative epochs', () => ['train', 'digits', '--epochs', '-3'], 2, "Got '-3'"],
  ['epochs without a value', () => ['train', 'digits', '--epochs'], 2, 'argument missing'],
  ['an empty number of epochs', () => ['train', 'digits', '--epochs', ''], 2, "Got ''"],
  ['an infinite number of epochs', () => ['train', 'digits', '--epochs', 'Infinity'], 2, "Got 'Infinity'"],
  ['a negative seed', () => train('--seed', '-1'), 2, "Got '-1'"],
  ['a seed that is no number', () => train('--seed', 'abc'), 2, "Got 'abc'"],
  ['a seed beyond 2^53', () => train('--seed', '99999999999999999999'), 2, 'expected a whole number'],
  ['no threads', () => train('--threads', '0'), 2, "Got '0'"],
  ['threads that are no number', () => train('--threads', 'two'), 2, "Got 'two'"],
  ['an unknown device', () => train('--device', 'tpu'), 2, 'tpu'],
  ['a device that is not here', () => train('--device', 'coreml'), 1, 'coreml'],
  ['an extra argument', () => train('extra'), 2, 'too many arguments'],
  ['no picture', () => ['predict'], 2, "error: missing required argument 'image'. See gai predict --help.\n"],
  ['a picture that is not there', () => ['predict', at('none.png')], 1, 'there is no such file'],
  ['a picture that is a folder', () => ['predict', folder], 1, 'predict: cannot read'],
  ['text for a picture', () => ['predict', at('text.png')], 1, 'PNG'],
  ['an empty picture', () => ['predict', at('empty.png')], 1, 'PNG'],
  ['a picture cut off', () => ['predict', at('cut.png')], 1, 'PNG'],
  ['a picture with a flipped byte', () => ['predict', at('flipped.png')], 1, 'PNG'],
  ['a blank picture', () => ['predict', at('blank.png')], 1, 'the picture is blank'],
  ['no model', () => ['predict', at('digit.png'), '--model', at('none.onnx')], 1, 'cannot read the model'],
  ['text for a model', () => ['predict', at('digit.png'), '--model', at('text.onnx')], 1, 'not an ONNX model'],
  ['an empty model', () => ['predict', at('digit.png'), '--model', at('empty.onnx')], 1, 'the file is empty'],
  ['a folder for a model', () => ['predict', at('digit.png'), '--model', at('folder.onnx')], 1, 'openOnnx'],
  ['a data folder that is not there', () => train('--data-dir', at('nowhere')), 1, 'nowhere'],
  ['a data folder without data', () => train('--data-dir', at('no-idx')), 1, 'no-idx'],
  ['a file for a data folder', () => train('--data-dir', at('a-file')), 1, 'a-file'],
  ['IDX cut off', () => train('--data-dir', at('idx-cut')), 1, 'expected'],
  ['text for IDX', () => train('--data-dir', at('idx-magic')), 1, 'IDX'],
  ['IDX that claims 2^31 pictures', () => train('--data-dir', at('idx-huge')), 1, 'expected'],
  ['IDX of an unknown type', () => train('--data-dir', at('idx-type')), 1, 'expected'],
  ['more pictures than labels', () => train('--data-dir', at('idx-count')), 1, 'expected'],
  ['no pictures', () => train('--data-dir', at('idx-empty')), 1, 'expected'],
  ['pictures of another size', () => train('--data-dir', at('idx-sizes')), 1, 'expected'],
  ['labels out of range', () => train('--data-dir', at('idx-labels')), 1, '200'],
  ['nothing to resume', () => resume('resume-none'), 1, 'no such file'],
  ['text to resume from', () => resume('resume-text'), 1, 'too short'],
  ['an empty file to resume from', () => resume('resume-empty'), 1, 'too short'],
  ['a damaged checkpoint', () => resume('resume-damaged'), 1, 'is damaged'],
  ['a checkpoint cut off', () => resume('resume-cut'), 1, 'damaged'],
  ["another model's checkpoint", () => resume('resume-other'), 1, "the state lacks 'model.conv1.weight'"],
  [
    'an output folder that is a file',
    () => ['train', 'digits', '--epochs', '1', '--data-dir', at('idx-good'), '--out', at('a-file')],
    1,
    'a-file',
  ],
];

describe('bad input', () => {
  it.each(CASES)('%s', async (_, args, code, message) => {
    const outcome = await gai(...args());
    expect(outcome.stderr).toContain(message);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    const own = outcome.stderr.split('\n').filter((line) => line.startsWith('gai: '));
    if (code === 1) expect(own).toHaveLength(1);
  });

  it('--verbose shows the stack', async () => {
    const outcome = await gai('predict', at('text.png'), '--verbose');
    expect(outcome.stderr).toMatch(/\n\s+at /);
    const evil = await gai('predict', at('no\u001b[2Jne.png'), '--verbose');
    expect(evil.stderr).toMatch(/\n\s+at /);
    expect(evil.stderr).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('help is no error', async () => {
    const outcome = await gai('train', 'digits', '--help');
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toContain('$ gai train digits --resume');
  });

  it('an output folder without permission keeps what is there', async (context) => {
    await mkdir(at('locked'));
    await writeFile(join(at('locked'), 'model.onnx'), 'the old one');
    await chmod(at('locked'), 0o500);
    context.skip(process.getuid?.() === 0, 'the administrator may write anywhere: nothing would be refused');
    const outcome = await gai('train', 'digits', '--epochs', '1', '--data-dir', at('idx-good'), '--out', at('locked'));
    expect(outcome.code).toBe(1);
    expect(await readFile(join(at('locked'), 'model.onnx'), 'utf8')).toBe('the old one');
  });
});
