import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, resolve as resolvePath } from 'node:path';
import { bundleProgram } from '../../tooling/src/bundle-program.ts';

/** Where Debian's chromium puts its software driver, with the loader of Vulkan beside it. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** The driver to use: the one the environment names, else chromium's. */
const driver = process.env['VK_ICD_FILENAMES'] ?? DRIVER;

/** Why no WebGPU can be had here, or undefined. */
export const missingDriver = existsSync(driver) ? undefined : `no Vulkan driver: ${driver} is absent`;

/** Runs a program of `programs/`, or at an absolute path, in a process that finds the driver, and gives what it printed, as JSON. */
export async function runOnGpu(program: string): Promise<unknown> {
  const path = await bundleProgram(resolvePath(import.meta.dirname, 'programs', program));
  const env = {
    ...process.env,
    VK_ICD_FILENAMES: driver,
    XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'] ?? tmpdir(),
    LD_LIBRARY_PATH: [dirname(driver), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
  };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [path], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout));
      else reject(new Error(`${program} ended with ${error.signal ?? error.code} after: ${stderr.slice(-2000)}`));
    });
  });
}
