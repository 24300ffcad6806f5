/** Fetches a model into a cache, as another process: FOLDER CARD CLIENT. */
import { openModelCache } from '@gai/hub/node';
import type { ModelCard } from '@gai/hub';

const [folder, card, client] = process.argv.slice(2);
const cache = openModelCache({ folder, clients: { pip: [process.execPath, client!] } });
const { bytes } = await cache.fetch(JSON.parse(card!) as ModelCard);
process.stdout.write(String(bytes));
