import { Command } from 'commander';
import type { EvalLogitsOptions } from '../language/eval-logits.ts';
import type { EvalPerplexityOptions } from '../language/eval-perplexity.ts';
import {
  MODEL_ARGUMENT,
  deviceOption,
  ignoreFieldsOption,
  jsonOption,
  threadsOption,
  verboseOption,
  wholeNumber,
} from '../options.ts';
import { load } from '../load.ts';
import type { Streams } from '../streams.ts';

const LOGITS = `
The class is the one that config.json names under architectures; without that, the model without head. A .gguf file is a language
model. What goes in are integers under Hugging Face's names: input_ids and, as the model takes them, attention_mask,
token_type_ids, position_ids, decoder_input_ids, decoder_attention_mask. What comes out has its names too: logits,
last_hidden_state, pooler_output, start_logits and so on, in float32.

Examples
  $ gai eval logits smollm2 --inputs in.safetensors --out out.safetensors
  $ gai eval logits models/bert --inputs in.safetensors --out out.safetensors --architecture BertModel
`;

const PERPLEXITY = `
The model is a causal language model, and the text a file of UTF-8, or what is typed if it has more than one word. A window slides over
it; each token counts once, the first not at all, where nothing stands before it. Fewer tokens from window to window take longer,
and foresee better. Models of different tokenizers compare by nats per character, not by perplexity.

With --json the last line is {"perplexity":…,"natsPerToken":…,"natsPerCharacter":…,"nats":…,"tokens":…,"characters":…}.

Examples
  $ gai eval perplexity smollm2 novel.txt --stride 256
  $ gai eval perplexity models/gpt2 "The cat sat on the mat." --json
`;

/** `gai eval`. */
export function evalCommand(streams: Streams): Command {
  const command = new Command('eval').description('Compute what a pretrained model gives, and how good it is.');
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
    .addHelpText('after', LOGITS)
    .action(async (model: string, options: EvalLogitsOptions) =>
      (await load(() => import('../language/eval-logits.ts'), 'language')).evalLogits(model, options, streams),
    );
  command
    .command('perplexity')
    .description('Say how well a language model foresees a text.')
    .argument('<model>', MODEL_ARGUMENT)
    .argument('<text>', 'a file, or a text')
    .option('--stride <tokens>', 'tokens from one window to the next (default: half a window)', wholeNumber(1))
    .option('--window <tokens>', 'tokens that are seen at once (default: as many as fit, at most 1024)', wholeNumber(2))
    .addOption(ignoreFieldsOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', PERPLEXITY)
    .action(async (model: string, text: string, options: EvalPerplexityOptions) =>
      (await load(() => import('../language/eval-perplexity.ts'), 'language')).evalPerplexity(
        model,
        text,
        options,
        streams,
      ),
    );
  return command;
}
