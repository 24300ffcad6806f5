/** `pnpm bench <command>`: exit 0, 1 for a failure, 2 for a wrong command line. */
import { TRAIN_USAGE, UsageError, parseTrain, train } from './train.ts';

const [command, ...args] = process.argv.slice(2);
try {
  if (command !== 'train') throw new UsageError(`bench: there is no command '${command ?? ''}'.`);
  await train(parseTrain(args));
} catch (error) {
  const { message, code } = error as Error & { code?: string };
  const usage = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS') === true;
  console.error(usage ? `${message}\n\n${TRAIN_USAGE}` : message);
  process.exitCode = usage ? 2 : 1;
}
