import { envIds } from '@gai/rl';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';

/** A name without case, marks and version. */
const plain = (id: string): string =>
  id
    .toLowerCase()
    .replace(/-v\d+$/, '')
    .replace(/[^a-z0-9]/g, '');

/** The id that a name stands for: `cartpole` for CartPole-v1, the newest version where there are several. */
export function knownEnvId(name: string): string | undefined {
  const ids = envIds();
  return ids.includes(name) ? name : ids.findLast((id) => plain(id) === plain(name));
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
