import { join } from 'node:path';
import { runCommand } from '../run.ts';
import { repositoryRoot } from '../workspace.ts';
import type { Check } from './check.ts';

const bin = (name: string): string => join(repositoryRoot, 'node_modules/.bin', name);

/** A check that passes if a command of the root's `node_modules` does. */
function commandCheck(name: string, program: string, args: readonly string[]): Check {
  return {
    name,
    async run(root) {
      const { code, output } = await runCommand(bin(program), args, { cwd: root });
      return code === 0 ? [] : [output.trim()];
    },
  };
}

/**
 * Sources, tests and examples of every package as one program, so that core is read once and not once per package. What
 * was found is kept, as builds keep it in `dist`: an edit looks again only at what it may have changed.
 */
const KEPT = 'node_modules/.cache/types.tsbuildinfo';
const TYPES = ['-p', 'tsconfig.json', '--noEmit', '--incremental', '--tsBuildInfoFile', KEPT, '--pretty', 'false'];
export const typesCheck = commandCheck('types', 'tsc', TYPES);
export const lintCheck = commandCheck('lint', 'oxlint', ['--deny-warnings', '--format=unix']);
export const formatCheck = commandCheck('format', 'oxfmt', ['--list-different']);
export const knipCheck = commandCheck('knip', 'knip', ['--no-progress', '--no-config-hints']);
export const buildCheck: Check = {
  name: 'build',
  async run(root) {
    const env = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
    const args = ['run', 'build', '--output-logs=errors-only'];
    const { code, output } = await runCommand(bin('turbo'), args, { cwd: root, env });
    return code === 0 ? [] : [output.trim()];
  },
};
