// What a GPU of this machine does: trains three models beside the CPU and checks every op. Prints a summary and writes
// gpu-results.json. Every part is a process of its own, so that one that ends does not take the rest with it.
import { chooseDrivers } from './adapter.ts';
import { runAll } from './run-all.ts';
import { conform, findDevice, train } from './parts.ts';

const [part, argument = '0', seconds = '0'] = process.argv.slice(2);

if (part === undefined || part.startsWith('--')) {
  process.exitCode = await runAll(process.argv.slice(2));
} else {
  chooseDrivers(process.env);
  if (part === 'device') await findDevice();
  else if (part === 'train') await train(argument);
  else await conform(Number(argument), Number(seconds));
  process.exit(0); // the driver keeps threads of its own
}
