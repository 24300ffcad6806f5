/** One line of a stack, in Chromium's form or in that of Firefox and Safari. */
interface Frame {
  /** Function and place, as it is shown. */
  readonly text: string;
  /** The file's path or address, with forward slashes. */
  readonly file: string;
}

/** `at f (file:1:2)` or `at file:1:2`, also with `async` before it. */
const CHROMIUM = /^\s*at (?:async )?(?:(.*) \()?(.+?):(\d+):(\d+)\)?$/;
/** `f@file:1:2` or `@file:1:2`. */
const OTHERS = /^(.*?)@(.+?):(\d+):(\d+)$/;

function frameOf(line: string): Frame | undefined {
  const found = CHROMIUM.exec(line) ?? OTHERS.exec(line);
  if (found === null) return undefined;
  const [, name = '', file = '', row, column] = found;
  // What an engine or Node runs by itself has no file of a user.
  if (/^(node:|<|\[native|native )/.test(file)) return undefined;
  const place = `${file}:${row}:${column}`;
  // Modules are proxies, and what has no name is none.
  const shown = name.replace(/^Proxy\./, '').replace(/^<anonymous>$/, '');
  return { text: shown === '' ? place : `${shown} (${place})`, file: plainPath(file) };
}

/** A path without scheme, host, drive's slash and query, whatever wrote it. In a plain path `%`, `?` and `#` are letters. */
function plainPath(file: string): string {
  const path = file.replaceAll('\\', '/');
  const address = /^[a-z][a-z+.-]+:\/\/[^/]*([^?#]*)/.exec(path);
  return (address === null ? path : decoded(address[1]!)).replace(/^\/(?=[A-Za-z]:\/)/, '');
}

/** The path of an address, which an engine may have written as it is. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * The folder that holds the folders of the packages, from the address of a module of this one: `packages/` in a checkout,
 * `node_modules/@gai/` where they are installed. In a bundle, the bundle itself.
 */
export function homeOf(moduleUrl: string): string {
  return plainPath(moduleUrl).replace(/[^/]+\/(?:src|dist)\/trace\/[^/]+$/, '');
}

/**
 * The line of a user in a stack: the first outside this library. Code of other packages is passed over too, unless there is
 * nothing else; where all is the library's (a model that it trains later), what stands furthest from its core is named.
 * @param stack - As `Error.stack` gives it, in any engine.
 * @param home - See {@link homeOf}.
 */
export function userLine(stack: string, home: string): string | undefined {
  const frames = stack.split('\n').flatMap((line) => frameOf(line) ?? []);
  const outside = frames.filter(({ file }) => !isOwn(file, home));
  const found =
    outside.find(({ file }) => !file.includes('/node_modules/')) ??
    outside[0] ??
    frames.find(({ file }) => !/(?:^|\/)core\/(?:src|dist)\//.test(file)) ??
    frames.at(-1);
  return found?.text;
}

function isOwn(file: string, home: string): boolean {
  if (/\/node_modules\/(?:@gai\/|\.vite\/deps\/)/.test(file)) return true;
  // The command line of a checkout, which is one of our packages too.
  if (file.startsWith(`${home.replace(/packages\/$/, '')}apps/cli/src/`)) return true;
  if (!file.startsWith(home)) return false;
  const inside = file.slice(home.length);
  // The bundle that the library itself is in, or a source of one of its packages.
  return inside === '' || (/^[^/]+\/(?:src|dist)\//.test(inside) && !/\.test\.[jt]s$/.test(inside));
}
