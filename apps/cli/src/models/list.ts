import { openModelCache } from '@gai/hub/node';
import type { ModelsOptions } from '../commands/models.ts';
import type { Streams } from '../streams.ts';
import { plain } from '../terminal/plain.ts';
import { styleFor } from '../terminal/style.ts';
import { megabytes } from '../terminal/megabytes.ts';

/** Lists the cards, and whether each model is here. */
export async function listModels({ cache: folder, json }: ModelsOptions, { stdout }: Streams): Promise<void> {
  const cache = openModelCache({ folder });
  const models = (await cache.list()).map(({ card, cached }) => ({
    name: card.name,
    title: card.title,
    use: card.use,
    licence: card.licence,
    bytes: cached?.bytes ?? card.files?.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0,
    folder: cached?.folder,
  }));
  if (json === true) {
    stdout.write(`${JSON.stringify({ cache: cache.folder, models })}\n`);
    return;
  }
  const style = styleFor(stdout);
  for (const { name, title, use, licence, bytes, folder: here } of models) {
    stdout.write(
      `${style.bold(name)}  ${megabytes(bytes)}  ${here === undefined ? style.dim('not here') : style.green('here')}\n`,
    );
    stdout.write(`  ${plain(title)}\n  ${style.dim(plain(use))}\n  licence: ${plain(licence)}\n`);
  }
}
