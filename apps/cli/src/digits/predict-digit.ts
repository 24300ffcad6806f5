import { readFile } from 'node:fs/promises';
import { openOnnx } from '@gai/backend-node';
import { DataError } from '@gai/core';
import { decodePng } from '@gai/data';
import { drawPicture } from '../terminal/picture.ts';
import { styleFor, usesColor } from '../terminal/style.ts';
import type { Streams } from '../streams.ts';
import { toDigit } from './to-digit.ts';

/** Options of `gai predict`. */
export interface PredictDigitOptions {
  readonly model: string;
  readonly threads?: number;
  readonly json?: boolean;
}

/** Reads a PNG file and says which digit it shows. */
export async function predictDigit(path: string, options: PredictDigitOptions, streams: Streams): Promise<void> {
  const pixels = toDigit(await decodePng(await readImage(path)));
  const model = await openOnnx(options.model, options.threads === undefined ? {} : { threads: options.threads });
  const outputs = await model.run({ x: { dtype: 'float32', shape: [1, 1, 28, 28], data: pixels } });
  await model.release();
  const probabilities = softmax(Array.from(outputs['output']!.data, Number));
  const ranked = probabilities.map((p, digit) => ({ digit, p })).sort((a, b) => b.p - a.p);
  if (options.json === true) {
    const [best] = ranked;
    streams.stdout.write(`${JSON.stringify({ digit: best!.digit, probability: best!.p, probabilities })}\n`);
    return;
  }
  const style = styleFor(streams.stdout);
  const picture = { width: 28, height: 28, pixels };
  streams.stdout.write(`${drawPicture(picture, usesColor(streams.stdout)).lines.join('\n')}\n\n`);
  for (const { digit, p } of ranked.slice(0, 3)) {
    streams.stdout.write(
      `${style.bold(String(digit))}  ${(p * 100).toFixed(1).padStart(5)} %  ${'█'.repeat(Math.round(p * 40))}\n`,
    );
  }
}

async function readImage(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(cause);
    throw new DataError(`predict: cannot read '${path}': ${reason}. Check the path; expected a PNG file.`, { cause });
  }
}

function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
