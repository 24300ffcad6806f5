import { setTimeout as sleep } from 'node:timers/promises';
import { redraws } from '../terminal/style.ts';
import type { Output } from '../terminal/style.ts';

/** Shows frames one after another: in place on a terminal, below one another elsewhere. */
export async function showFrames(frames: readonly string[], fps: number, output: Output): Promise<void> {
  if (!redraws(output)) {
    for (const frame of frames) output.write(`${frame.trimEnd()}\n\n`);
    return;
  }
  let height = 0;
  for (const frame of frames) {
    const lines = frame.trimEnd().split('\n');
    output.write(`${height > 0 ? `\u001b[${height}A` : ''}\u001b[J${lines.join('\n')}\n`);
    height = lines.length;
    await sleep(1000 / fps);
  }
}
