import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { convertCommand } from './commands/convert.ts';
import { demoCommand } from './commands/demo.ts';
import { embedCommand } from './commands/embed.ts';
import { estimateCommand } from './commands/estimate.ts';
import { evalCommand } from './commands/eval.ts';
import { generateCommand } from './commands/generate.ts';
import { infoCommand } from './commands/info.ts';
import { inspectCommand } from './commands/inspect.ts';
import { modelsCommand } from './commands/models.ts';
import { predictCommand } from './commands/predict.ts';
import { replayCommand } from './commands/replay.ts';
import { rlCommand } from './commands/rl.ts';
import { runsCommand } from './commands/runs.ts';
import { tokenizeCommand } from './commands/tokenize.ts';
import { trainCommand } from './commands/train.ts';
import type { Streams } from './streams.ts';

const HELP = `
Examples
  $ gai demo                         a tour of what works; or one chapter: gai demo ski
  $ gai train digits --epochs 10     train a network on real handwritten digits
  $ gai train gpt                    train a language model on English or your own text, in five minutes
  $ gai predict digit.png            which digit is it?
  $ gai rl solve frozen-lake         solve a decision problem; learn, play and compare with gai rl --help
  $ gai runs list                    training runs: show, compare and plot them
  $ gai replay runs/digits --step 9  a step of a run again, every op checked
  $ gai convert pytorch_model.bin    weights of PyTorch, or a GGUF file, as safetensors
  $ gai models list                  pretrained models: fetch one with gai models fetch NAME
  $ gai tokenize DIR "a text"        the tokens of a text, and where each comes from
  $ gai generate DIR "Once upon"     let a language model go on with a text, or answer: --chat
  $ gai embed DIR < lines.txt        a vector for each text
  $ gai eval logits DIR …            what a model gives for token ids, from file to file
  $ gai eval perplexity DIR FILE     how well a language model foresees a text
  $ gai estimate config.json         parameters, memory and time of a model of any size
  $ gai inspect attention DIR TEXT   which tokens each token looks at
  $ gai info                         versions and devices

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
`;

function version(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** The `gai` command with everything under it, writing to `streams`. */
export function buildProgram(streams: Streams): Command {
  const program = new Command('gai')
    .description('Machine learning in TypeScript, on ONNX Runtime.')
    .version(version())
    .addHelpText('after', HELP);
  const commands = [
    demoCommand(streams),
    trainCommand(streams),
    predictCommand(streams),
    rlCommand(streams),
    runsCommand(streams),
    replayCommand(streams),
    convertCommand(streams),
    tokenizeCommand(streams),
    embedCommand(streams),
    generateCommand(streams),
    evalCommand(streams),
    estimateCommand(streams),
    inspectCommand(streams),
    modelsCommand(streams),
    infoCommand(streams),
  ];
  for (const command of commands) program.addCommand(command);
  return prepare(program, streams);
}

/** Errors are thrown, so that one place sets the exit code; text goes to our streams. */
function prepare(command: Command, streams: Streams): Command {
  command.exitOverride().configureOutput({
    writeOut: (text) => void streams.stdout.write(text),
    writeErr: (text) => void streams.stderr.write(text),
    outputError: (text, write) => write(withRemedy(text, command)),
  });
  for (const child of command.commands) prepare(child, streams);
  return command;
}

/** An error of the command line in one line, and where to read what is right: commander says neither which options there are, nor where. */
function withRemedy(text: string, command: Command): string {
  const line = text.trim().replaceAll('\n', ' ');
  return `${/[.!?)]$/.test(line) ? line : `${line}.`} See ${nameOf(command)} --help.\n`;
}

/** `gai train gpt`. */
const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
