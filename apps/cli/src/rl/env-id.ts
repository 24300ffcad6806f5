import { envIds } from '@gai/rl';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';

const VERSION = /-v\d+$/;

/** A name without case and marks. */
const letters = (id: string): string => id.toLowerCase().replace(/[^a-z0-9]/g, '');

/** A name without case, marks and version. */
const plain = (id: string): string => letters(id.toLowerCase().replace(VERSION, ''));

/** The id that a name stands for: `cartpole` for CartPole-v1, the newest version where there are several. A version that was named is kept. */
export function knownEnvId(name: string): string | undefined {
  const ids = envIds();
  if (ids.includes(name)) return name;
  const keyOf = VERSION.test(name.toLowerCase()) ? letters : plain;
  return ids.findLast((id) => keyOf(id) === keyOf(name));
}

/** As {@link knownEnvId}; a usage error with the nearest name if there is none. */
export function envIdOf(name: string): string {
  const found = knownEnvId(name);
  if (found !== undefined) return found;
  const ids = envIds();
  throw new UsageError(
    `unknown environment '${name.slice(0, 60)}'. ${didYouMean(plain(name), [...new Set(ids.map(plain))])}gai rl envs lists them.`,
  );
}
