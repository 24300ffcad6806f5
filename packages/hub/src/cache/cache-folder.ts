import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The folder in which fetched models lie: `GAI_CACHE` if it is set, else where the platform keeps what can be fetched
 * again: `$XDG_CACHE_HOME/gai` or `~/.cache/gai`, `~/Library/Caches/gai`, `%LOCALAPPDATA%\gai\Cache`.
 * @param env - The environment.
 * @param platform - As `process.platform` has it.
 * @example
 * cacheFolder({ GAI_CACHE: '/data/gai' }); // => '/data/gai'
 * @category Models
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  const given = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const own = given('GAI_CACHE');
  if (own !== undefined) return resolve(own);
  if (platform === 'win32') return join(given('LOCALAPPDATA') ?? join(homedir(), 'AppData', 'Local'), 'gai', 'Cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'gai');
  const xdg = given('XDG_CACHE_HOME');
  // A relative one is to be ignored, says the specification.
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'gai');
}
