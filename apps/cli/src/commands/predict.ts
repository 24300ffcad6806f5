import { load } from '../load.ts';
import type { Streams } from '../streams.ts';
import { Command } from 'commander';
import type { PredictDigitOptions } from '../digits/predict-digit.ts';
import { jsonOption, threadsOption, verboseOption } from '../options.ts';

const HELP = `
Takes any PNG: it is made grey, cut to what is drawn on it, and centred on 28×28 as the training pictures are.
Dark ink on light paper and light on dark both work.

Example
  $ gai predict digit.png --model runs/digits/model.onnx
`;

/** `gai predict`. */
export function predictCommand(streams: Streams): Command {
  return new Command('predict')
    .description('Say which digit a picture shows, with a trained ONNX model.')
    .argument('<image>', 'a PNG file')
    .option('--model <file>', 'the ONNX file that gai train digits wrote', 'runs/digits/model.onnx')
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', HELP)
    .action(async (image: string, options: PredictDigitOptions) => {
      await (await load(() => import('../digits/predict-digit.ts'), 'predict')).predictDigit(image, options, streams);
    });
}
