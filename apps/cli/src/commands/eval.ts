import { Command } from 'commander';
import { evalLogits } from '../language/eval-logits.ts';
import type { EvalLogitsOptions } from '../language/eval-logits.ts';
import {
  MODEL_ARGUMENT,
  deviceOption,
  ignoreFieldsOption,
  jsonOption,
  threadsOption,
  verboseOption,
} from '../options.ts';
import type { Streams } from '../streams.ts';

const HELP = `
The class is the one that config.json names under architectures; without that, the model without head. A .gguf file is a language
model. What goes in are integers under Hugging Face's names: input_ids and, as the model takes them, attention_mask,
token_type_ids, position_ids, decoder_input_ids, decoder_attention_mask. What comes out has its names too: logits,
last_hidden_state, pooler_output, start_logits and so on, in float32.

Examples
  $ gai eval logits smollm2 --inputs in.safetensors --out out.safetensors
  $ gai eval logits models/bert --inputs in.safetensors --out out.safetensors --architecture BertModel
`;

/** `gai eval`. */
export function evalCommand(streams: Streams): Command {
  const command = new Command('eval').description('Compute what a pretrained model gives.');
  command
    .command('logits')
    .description('Run a model on token ids in a file, and write its outputs to another.')
    .argument('<model>', MODEL_ARGUMENT)
    .requiredOption('--inputs <file>', 'token ids and masks, as safetensors')
    .requiredOption('--out <file>', 'where the outputs go, as safetensors; a file that is there is replaced')
    .option('--architecture <class>', 'another class than config.json names, such as BertModel')
    .addOption(ignoreFieldsOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', HELP)
    .action((model: string, options: EvalLogitsOptions) => evalLogits(model, options, streams));
  return command;
}
