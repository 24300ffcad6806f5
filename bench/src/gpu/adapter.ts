import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What computes behind a device, as far as the system tells. */
export interface Adapter {
  readonly name: string;
  /** A program on the processor that plays a GPU: nothing it says is about a GPU. */
  readonly software: boolean;
  /** The libraries of drivers that this process has loaded. */
  readonly drivers: readonly string[];
}

const SOFTWARE = /swiftshader|lvp|lavapipe|llvmpipe|softpipe/i;
const DRIVER = /\/(lib(?:vk_swiftshader|vulkan_[a-z_]+|GLX_nvidia|EGL_nvidia|nvidia-[a-z-]+|cuda|amdvlk64)[^/]*)$/;
const MANIFESTS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];
const NVIDIA_LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib', '/usr/local/nvidia/lib64'];

/**
 * Chooses the drivers of real GPUs where both kinds are there, before Vulkan is loaded; a driver that the environment
 * names is kept. A container often has NVIDIA's library without the file that says so: then that file is written.
 */
export function chooseDrivers(env: NodeJS.ProcessEnv): void {
  if (env['VK_ICD_FILENAMES'] !== undefined || env['VK_DRIVER_FILES'] !== undefined) return;
  const manifests = MANIFESTS.flatMap((folder) => listed(folder).map((name) => join(folder, name)));
  const real = manifests.filter((path) => path.endsWith('.json') && !SOFTWARE.test(path));
  const chosen = real.length > 0 ? real.join(':') : nvidiaManifest();
  if (chosen !== undefined) env['VK_ICD_FILENAMES'] = chosen;
}

function nvidiaManifest(): string | undefined {
  const folder = NVIDIA_LIBRARIES.find((one) => existsSync(join(one, 'libGLX_nvidia.so.0')));
  if (folder === undefined) return undefined;
  const path = join(tmpdir(), `gai-nvidia-icd-${process.pid}.json`);
  const ICD = { library_path: join(folder, 'libGLX_nvidia.so.0'), api_version: '1.3.0' };
  writeFileSync(path, JSON.stringify({ file_format_version: '1.0.0', ICD }));
  return path;
}

/** What this process computes on, to be asked once the device has run something. */
export function findAdapter(): Adapter {
  const drivers = loadedDrivers(readFileSync('/proc/self/maps', 'utf8'));
  const name = [nvidiaName(), ...drivers].find((one) => one !== undefined) ?? 'unknown';
  return adapterOf(drivers, name);
}

/** Of the drivers that a process has loaded: software unless one of them is of a GPU. */
export function adapterOf(drivers: readonly string[], name: string): Adapter {
  const real = drivers.filter((driver) => !SOFTWARE.test(driver));
  const software = real.length === 0;
  const shown = software ? `software: ${drivers.join(', ') || 'no driver of a GPU is loaded'}` : name;
  return { name: shown, software, drivers };
}

/** The libraries of drivers in the text of `/proc/self/maps`. */
export function loadedDrivers(maps: string): string[] {
  const paths = maps.split('\n').map((line) => line.slice(line.indexOf('/')));
  const found = paths.flatMap((path) => DRIVER.exec(path)?.[1] ?? []);
  return [...new Set(found)].filter((name) => !name.startsWith('libvulkan.so')).sort();
}

/** As NVIDIA's kernel module says it. */
function nvidiaName(): string | undefined {
  const folder = '/proc/driver/nvidia/gpus';
  const texts = listed(folder).map((gpu) => readFileSync(join(folder, gpu, 'information'), 'utf8'));
  return texts.map((text) => /^Model:\s*(\S.*)$/m.exec(text)?.[1]).find((model) => model !== undefined);
}

const listed = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
