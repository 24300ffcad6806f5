import { Command, Option } from 'commander';
import type { ConvertOptions } from '../convert/convert-file.ts';
import { jsonOption, verboseOption } from '../options.ts';
import { load } from '../load.ts';
import type { Streams } from '../streams.ts';

const HELP = `
Reads checkpoints of PyTorch (.bin, .pt, .pth, in both formats), GGUF files and archives of NumPy (.npz), without Python, and
runs nothing of what is in them. Tensors keep their names and, but for quantized ones, their dtypes; those of a GGUF file become
float32. Of a folder it takes the weights; those that an index divides into several files are joined. A model that gai models
fetch has fetched may be given by its name, and is then written to the folder you are in.

Examples
  $ gai convert pytorch_model.bin                      writes pytorch_model.safetensors
  $ gai convert models/bert                            its pytorch_model.bin, as model.safetensors beside it
  $ gai convert pytorch_model.bin.index.json           all its files, as one model.safetensors
  $ gai convert last.ckpt --key state_dict --out model.safetensors
  $ gai convert smollm2                                writes smollm2.safetensors
`;

/** `gai convert`. */
export function convertCommand(streams: Streams): Command {
  return new Command('convert')
    .description('Write the weights of a PyTorch checkpoint, a GGUF or a .npz file as safetensors.')
    .argument('<model>', 'a .bin, .pt, .pth, .ckpt, .gguf or .npz file, a folder, or a name of gai models list')
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
      await (await load(() => import('../convert/convert-file.ts'), 'convert')).convertFile(file, options, streams);
    });
}
