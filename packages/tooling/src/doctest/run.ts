import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleProgram } from '../bundle-program.ts';
import { sourceRunner } from '../example.ts';
import { runCommand } from '../run.ts';
import { namesOnce } from './exports.ts';
import type { Example } from './extract.ts';
import { moduleName } from './extract.ts';
import type { ExportTable } from './transform.ts';
import { exampleModule, unusedExpectations } from './transform.ts';

/** How one example went. */
export interface ExampleResult {
  where: string;
  error?: string;
}

/** Settings of {@link runExamples}. */
export interface RunOptions {
  /** Folder to write the modules to and to run them in; it decides how `@gai/*` resolves. Emptied first. */
  folder: string;
  /** What an example of a source file may use without importing it. */
  exports(origin: string | undefined): ExportTable;
  /** Module with `prepare` and `read`, or undefined if no backend is needed. */
  runtime?: string;
}

const child = join(import.meta.dirname, 'child.ts');

/** Runs examples in one process of their own. An example passes if it ends without an error and its claims hold. */
export async function runExamples(examples: readonly Example[], options: RunOptions): Promise<ExampleResult[]> {
  rmSync(options.folder, { recursive: true, force: true });
  mkdirSync(options.folder, { recursive: true });
  const files = examples.map((example, index) => moduleName(example, index));
  const problems = examples.map((example, index) =>
    prepare(example, join(options.folder, files[index] as string), options),
  );
  const program = join(options.folder, 'all.mts');
  const written = files.filter((file) => existsSync(join(options.folder, file)));
  writeFileSync(program, programOf(written, options.runtime));
  // What cannot be bundled has a mistake: run file by file it says which example has it.
  const args = await bundleProgram(program).then(
    (path) => [path],
    () => [...sourceRunner, program],
  );
  const { stdout, output } = await runCommand(process.execPath, args, { cwd: options.folder, timeout: 600_000 });
  const results = new Map(
    [...stdout.matchAll(/^@@(.*)$/gm)].map((match) => {
      const { file, error } = JSON.parse(match[1] as string) as { file: string; error?: string };
      return [file, error] as const;
    }),
  );
  return examples.map(({ where }, index) => {
    const file = files[index] as string;
    const error =
      problems[index] ?? (results.has(file) ? results.get(file) : `did not finish:\n${output.slice(-2000)}`);
    return error === undefined ? { where } : { where, error };
  });
}

/** The program that runs all examples of a folder. */
function programOf(files: readonly string[], runtime: string | undefined): string {
  const examples = [...files].sort().map((file) => `  '${file}': () => import('./${file}'),`);
  return [
    `import { runPrepared } from ${JSON.stringify(child)};`,
    runtime === undefined ? 'const runtime = undefined;' : `import * as runtime from ${JSON.stringify(runtime)};`,
    `await runPrepared({\n${examples.join('\n')}\n}, runtime);`,
  ].join('\n');
}

/** What an example may use without importing it: what its own file exports, then the doors. */
function namesInScope(origin: string | undefined, doors: ExportTable): ExportTable {
  if (origin === undefined) return doors;
  return new Map([...doors, ...namesOnce(origin).map((name) => [name, origin] as const)]);
}

/** Writes an example's module; returns what is wrong with the example itself. */
function prepare({ code, file: origin }: Example, file: string, { exports }: RunOptions): string | undefined {
  try {
    writeFileSync(file, exampleModule(code, namesInScope(origin, exports(origin))));
    const unused = unusedExpectations(code);
    return unused === 0
      ? undefined
      : `${unused} "// =>" comments are not behind a top-level statement: nothing checks them`;
  } catch (error) {
    return (error as Error).message;
  }
}
