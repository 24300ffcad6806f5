import { parse, resolve, sep } from 'node:path';

/** The runtime takes files below one folder by their place in it: below the root that is every file of a drive. */
export function locateFile(path: string): { folder: string; location: string } {
  const whole = resolve(path);
  const { root } = parse(whole);
  return { folder: root, location: whole.slice(root.length).split(sep).join('/') };
}
