import { DataError } from '@gai/core';
import { openModelCache } from '@gai/hub/node';
import type { ModelsOptions } from '../commands/models.ts';
import type { Streams } from '../streams.ts';
import { counted } from '../terminal/counted.ts';
import { plain } from '../terminal/plain.ts';

/** Reads models again; any difference is an error. */
export async function checkModels(
  names: readonly string[],
  options: ModelsOptions,
  { stdout }: Streams,
): Promise<void> {
  const cache = openModelCache({ folder: options.cache });
  const here = (await cache.list()).flatMap(({ cached }) => (cached === undefined ? [] : [cached.name]));
  const results = [];
  for (const name of names.length > 0 ? names : here) {
    const problems = await cache.check(name);
    results.push({ name, problems });
    if (options.json === true) continue;
    const differ = `${counted(problems.length, 'file')} ${problems.length === 1 ? 'differs' : 'differ'}`;
    stdout.write(`${name}: ${problems.length === 0 ? 'as its card says' : differ}\n`);
    for (const { path, problem } of problems) stdout.write(`  ${plain(path)} is ${problem}\n`);
  }
  if (options.json === true) stdout.write(`${JSON.stringify({ models: results })}\n`);
  const wrong = results.filter(({ problems }) => problems.length > 0).map(({ name }) => name);
  if (wrong.length === 0) return;
  throw new DataError(
    `models check: not what was fetched. Got other files in ${wrong.join(', ')}; expected those of the cards. Run gai models ` +
      `remove ${wrong.join(' ')}, and fetch again.`,
    { op: 'models check', details: { wrong } },
  );
}
