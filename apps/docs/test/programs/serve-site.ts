/** Serves the site until it is stopped; prints its address. */
import { join } from 'node:path';
import { createServer } from 'vitepress';

const server = await createServer(join(import.meta.dirname, '../..'), { port: 0, host: '127.0.0.1', hmr: false });
await server.listen();
process.stdout.write(`\nsite ${server.resolvedUrls?.local[0]}\n`);
