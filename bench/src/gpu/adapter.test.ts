import { expect, it } from 'vitest';
import { adapterOf, loadedDrivers } from './adapter.ts';

const line = (path: string): string => `7f00-7f01 r-xp 00000000 00:1f 12 ${path}\n`;

it('knows drivers by the libraries that a process has loaded, each once', () => {
  const nvidia = line('/usr/lib/x86_64-linux-gnu/libGLX_nvidia.so.550.54');
  const maps = line('/usr/lib/libvulkan.so.1.3') + nvidia + nvidia + line('/lib/libc.so.6') + line('[heap]');
  expect(loadedDrivers(maps)).toEqual(['libGLX_nvidia.so.550.54']);
  expect(loadedDrivers(line('/usr/lib/chromium/libvk_swiftshader.so') + line('/usr/lib/libvulkan_lvp.so'))).toEqual([
    'libvk_swiftshader.so',
    'libvulkan_lvp.so',
  ]);
});

it.each([
  [['libvk_swiftshader.so'], 'software: libvk_swiftshader.so', true],
  [['libvulkan_lvp.so'], 'software: libvulkan_lvp.so', true],
  [[], 'software: no driver of a GPU is loaded', true],
  [['libGLX_nvidia.so.550.54'], 'NVIDIA H200', false],
  [['libvulkan_radeon.so', 'libvulkan_lvp.so'], 'NVIDIA H200', false],
])('calls a GPU only what is none on the processor: %j', (drivers, name, software) => {
  expect(adapterOf(drivers, 'NVIDIA H200')).toEqual({ name, software, drivers });
});
