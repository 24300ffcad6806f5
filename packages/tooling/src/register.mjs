/**
 * Lets Node run TypeScript: `node --conditions=@gai/source --import <this file> program.ts`.
 *
 * Workers inherit the flag, and unlike `--import tsx` this registers in them too. JavaScript, because it comes first.
 */
import { register } from 'tsx/esm/api';

register();
