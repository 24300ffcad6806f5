/** What the browser tests run inside a Web Worker. */
import { tests } from './page.ts';

const { postMessage } = globalThis as unknown as { postMessage(message: unknown): void };

const opened = await tests.open({ device: 'wasm' });
postMessage({ opened, descend: await tests.descend(), losses: await tests.losses(3), files: await tests.storage() });
