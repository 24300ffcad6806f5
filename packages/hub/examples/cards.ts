/**
 * Teaches: which models there are, what they may be used for, and which are on this machine.
 * Expected: a line for each card. Fetches nothing; runs in under a second.
 *
 * pnpm example hub/cards [--smoke]
 */
import { openModelCache } from '@gai/hub/node';

const cache = openModelCache();
console.log(`models are in ${cache.folder}`);
for (const { card, cached } of await cache.list()) {
  const bytes = card.files?.reduce((sum, file) => sum + file.bytes, 0) ?? cached?.bytes ?? 0;
  console.log(
    `${cached === undefined ? ' ' : '*'} ${card.name.padEnd(24)} ${(bytes / 1e6).toFixed(1).padStart(6)} MB  ${card.licence}`,
  );
}
