import { GaiError } from '@gai/core/backend';

/** A path in the origin private file system: folders, and the last name. */
export interface SplitPath {
  readonly folders: readonly string[];
  readonly name: string;
}

/** The names in a path; `/`, `./` and doubled slashes mean nothing, since there is one root and no working folder. */
export function namesOf(path: string, op: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw pathError(path, op, "contains '..'");
  return names;
}

/** A path to a file. */
export function splitPath(path: string, op: string): SplitPath {
  const names = namesOf(path, op);
  const name = names.pop();
  if (name === undefined) throw pathError(path, op, 'names no file');
  return { folders: names, name };
}

function pathError(path: string, op: string, problem: string): GaiError {
  return new GaiError(
    'STORAGE',
    `${op}: the path ${problem}. Got '${path}'; expected names of folders and a file, such as 'runs/model.onnx'. ` +
      'Write the path out.',
    { op, details: { path } },
  );
}
