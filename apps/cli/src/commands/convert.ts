import { Command, Option } from 'commander';
import { convertFile } from '../convert/convert-file.ts';
import type { ConvertOptions } from '../convert/convert-file.ts';
import { jsonOption, verboseOption } from '../options.ts';
import type { Streams } from '../streams.ts';

const HELP = `
Reads checkpoints of PyTorch (.bin, .pt, .pth, in both formats) and GGUF files, without Python, and runs nothing of what is
in them. Tensors keep their names and, but for quantized ones, their dtypes; those of a GGUF file become float32.

Examples
  $ gai convert pytorch_model.bin                      writes pytorch_model.safetensors
  $ gai convert last.ckpt --key state_dict --out model.safetensors
  $ gai convert SmolLM2-135M-Instruct.Q4_1.gguf --out smollm2.safetensors
`;

/** `gai convert`. */
export function convertCommand(streams: Streams): Command {
  return new Command('convert')
    .description('Write the weights of a PyTorch checkpoint or a GGUF file as safetensors.')
    .argument('<file>', 'a .bin, .pt, .pth, .ckpt or .gguf file')
    .option('--out <file>', 'where to (default: beside it, with the ending .safetensors)')
    .option('--key <name>', "the part of a nested checkpoint, such as model; '' takes all parts")
    .addOption(
      new Option('--tied <how>', 'write tensors that are the same as another').choices(['all', 'once']).default('all'),
    )
    .option('--force', 'replace a file that is there')
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', HELP)
    .action(async (file: string, options: ConvertOptions) => {
      await convertFile(file, options, streams);
    });
}
