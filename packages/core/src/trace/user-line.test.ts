import { describe, expect, it } from 'vitest';
import { homeOf, userLine } from './user-line.ts';

const line = (moduleUrl: string, ...stack: string[]): string | undefined =>
  userLine(stack.join('\n'), homeOf(moduleUrl));

describe("the user's line", () => {
  it('is the first outside the packages, where they are installed', () => {
    const at = (...user: string[]): string | undefined =>
      line(
        'file:///app/node_modules/@gai/core/dist/trace/origin.js',
        'Error',
        '    at recordOrigin (file:///app/node_modules/@gai/core/dist/trace/origin.js:44:20)',
        '    at bindAll (file:///app/node_modules/@gai/core/dist/trace/bind.js:46:20)',
        '    at Linear.forward (file:///app/node_modules/@gai/nn/dist/layers/linear.js:55:16)',
        '    at Array.map (<anonymous>)',
        ...user,
      );
    expect(at('    at Net.forward (file:///app/src/net.ts:9:22)')).toBe('Net.forward (file:///app/src/net.ts:9:22)');
    expect(at('    at Proxy.forward (/app/net.ts:9:22)')).toBe('forward (/app/net.ts:9:22)');
    expect(at('    at <anonymous> (/app/net.ts:9:22)')).toBe('/app/net.ts:9:22');
    expect(at('    at file:///app/train.mjs:3:7')).toBe('file:///app/train.mjs:3:7');
    expect(at('    at async main (/app/train.ts:3:7)')).toBe('main (/app/train.ts:3:7)');
  });

  it('is found with a store of pnpm, in sources, on Windows and with spaces and letters', () => {
    expect(
      line(
        'file:///a/node_modules/.pnpm/@gai+core@0.1.0/node_modules/@gai/core/dist/trace/origin.js',
        'Error',
        '    at f (file:///a/node_modules/.pnpm/@gai+core@0.1.0/node_modules/@gai/core/dist/trace/origin.js:1:1)',
        '    at g (file:///a/node_modules/.pnpm/@gai+nn@0.1.0_x/node_modules/@gai/nn/dist/module.js:1:1)',
        '    at user (file:///a/index.js:1:1)',
      ),
    ).toBe('user (file:///a/index.js:1:1)');
    expect(
      line(
        'file:///repo/packages/core/src/trace/origin.ts',
        'Error',
        '    at f (/repo/packages/core/src/trace/bind.ts:1:1)',
        '    at g (/repo/packages/cnn/src/models/lenet.ts:1:1)',
        '    at train (/repo/packages/cnn/examples/digits.ts:8:3)',
      ),
    ).toBe('train (/repo/packages/cnn/examples/digits.ts:8:3)');
    expect(
      line(
        'file:///C:/app/node_modules/@gai/core/dist/trace/origin.js',
        'Error',
        '    at f (C:\\app\\node_modules\\@gai\\core\\dist\\trace\\bind.js:1:1)',
        '    at user (C:\\app\\main.js:2:3)',
      ),
    ).toBe('user (C:\\app\\main.js:2:3)');
    expect(
      line(
        'file:///my%20work/caf%C3%A9.d/packages/core/src/trace/origin.ts',
        'Error',
        '    at f (/my work/café.d/packages/core/src/trace/bind.ts:1:1)',
        '    at g (file:///my%20work/caf%C3%A9.d/packages/nn/src/module.ts:1:1)',
        '    at user (/my work/café.d/main.ts:1:1)',
      ),
    ).toBe('user (/my work/café.d/main.ts:1:1)');
  });

  it('is found where a path has signs of addresses, and an address has some that are none', () => {
    const home = 'file:///my%20work/100%25/packages/core/src/trace/origin.ts';
    const inside = '    at f (file:///my%20work/100%25/packages/core/src/trace/bind.ts:1:1)';
    for (const place of [
      '/a/50%/net.ts:9:22',
      '/a#b/c?d/net.ts:9:22',
      'http://x/a%zz.js:1:2',
      'file:///a/50%/net.ts:1:2',
    ]) {
      expect(line(home, 'Error', inside, `    at user (${place})`)).toBe(`user (${place})`);
    }
    expect(
      line(home, 'Error', inside, '    at f (/my work/100%/packages/core/src/x.ts:1:1)', '    at u (/z.ts:1:1)'),
    ).toBe('u (/z.ts:1:1)');
    const hashed = 'file:///a%23b/packages/core/src/trace/origin.ts';
    expect(line(hashed, 'Error', '    at f (/a#b/packages/nn/src/x.ts:1:1)', '    at u (/z.ts:1:1)')).toBe(
      'u (/z.ts:1:1)',
    );
  });

  it('is read from stacks of Firefox and Safari', () => {
    const home = 'http://localhost:5173/node_modules/.vite/deps/@gai_core.js?v=1a2b';
    const stack = [
      `recordOrigin@${home}:10:20`,
      'forward@http://localhost:5173/node_modules/.vite/deps/@gai_nn.js?v=1a2b:7:1',
      'map@[native code]',
      'train@http://localhost:5173/src/main.ts?t=1:12:9',
      '@http://localhost:5173/src/main.ts:40:1',
    ];
    expect(line(home, ...stack)).toBe('train (http://localhost:5173/src/main.ts?t=1:12:9)');
    expect(line(home, ...stack.slice(0, 3), ...stack.slice(4))).toBe('http://localhost:5173/src/main.ts:40:1');
  });

  it('passes over Node itself and other packages, unless nothing else is there', () => {
    const home = 'file:///app/node_modules/@gai/core/dist/trace/origin.js';
    const inside = '    at f (file:///app/node_modules/@gai/core/dist/trace/bind.js:1:1)';
    const layer = '    at LeNet.forward (file:///app/node_modules/@gai/cnn/dist/models/lenet.js:4:2)';
    const other = '    at each (file:///app/node_modules/lodash/lodash.js:1:1)';
    const node = '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)';
    const user = '    at file:///app/main.js:1:1';
    expect(line(home, 'Error', inside, other, node, user)).toBe('file:///app/main.js:1:1');
    expect(line(home, 'Error', inside, other, node)).toBe('each (file:///app/node_modules/lodash/lodash.js:1:1)');
    expect(line(home, 'Error', inside, layer, node)).toMatch(/^LeNet\.forward/);
    expect(line(home, 'Error', inside, node)).toMatch(/^f /);
    expect(line(home, 'Error')).toBeUndefined();
  });
});
