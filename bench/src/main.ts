/** `pnpm bench <command>`: exit 0, 1 for a failure, 2 for a wrong command line. */
import { agents } from './agents.ts';
import { AGENTS_USAGE, parseAgents } from './agents-options.ts';
import { GENERATE_USAGE, parseGenerate } from './generate-options.ts';
import { generate } from './generate.ts';
import { PROFILE_USAGE, parseProfile, profile } from './profile.ts';
import { TRAIN_USAGE, parseTrain } from './train-options.ts';
import { train } from './train.ts';
import { UsageError } from './usage.ts';

const [command, ...args] = process.argv.slice(2);
try {
  if (command === 'train') await train(parseTrain(args));
  else if (command === 'profile') await profile(parseProfile(args));
  else if (command === 'generate') await generate(parseGenerate(args));
  else if (command === 'agents') await agents(parseAgents(args));
  else throw new UsageError(`bench: there is no command '${command ?? ''}'.`);
} catch (error) {
  const { message, code } = error as Error & { code?: string };
  const usage = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS') === true;
  console.error(
    usage ? `${message}\n\n${TRAIN_USAGE}\n\n${PROFILE_USAGE}\n\n${GENERATE_USAGE}\n\n${AGENTS_USAGE}` : message,
  );
  process.exitCode = usage ? 2 : 1;
}
