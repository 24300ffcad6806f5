import type { Streams } from '../streams.ts';
import { Command } from 'commander';
import { trainDigits } from '../digits/train-digits.ts';
import { DEMO_FOLDER, gptDemo } from '../gpt/demo.ts';
import type { GptDemoOptions } from '../gpt/demo.ts';
import { deviceOption, jsonOption, verboseOption } from '../options.ts';
import { rlDemo } from '../rl/demo.ts';
import { styleFor } from '../terminal/style.ts';

/** `gai demo`: the tour. */
export function demoCommand(streams: Streams): Command {
  const demo = new Command('demo')
    .description('A tour of what works: decisions solved and learned, and a network that learns to read digits.')
    .option('--out <folder>', 'where the results go', 'runs/demo')
    .addOption(jsonOption())
    .addOption(verboseOption())
    .action(async (options: { out: string; json?: boolean }) => {
      const style = styleFor(streams.stderr);
      rlDemo(streams, { from: 1 });
      streams.stderr.write(style.bold('3. A network learns to read handwritten digits\n'));
      streams.stderr.write('   Trained here and now: forward, backward and update are one ONNX graph.\n\n');
      await trainDigits({ ...options, model: 'lenet', seed: 0, device: 'auto', epochs: 6, augment: true }, streams);
    });
  demo
    .command('gpt')
    .description('A language model that is trained for 45 seconds, then writes.')
    .option('--out <folder>', 'where the results go', DEMO_FOLDER)
    .addOption(deviceOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .action((options: GptDemoOptions) => gptDemo(options, streams));
  return demo;
}
