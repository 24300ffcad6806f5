import { compile, hessian, jacobian, jit, sum, setDefaultBackend, spec, tensor, toOnnx } from '@gai/core';
import type { Tensor } from '@gai/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodeBackend, openOnnx } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';
import { rejection } from './backends.ts';

let backend: NodeBackend;
beforeAll(async () => {
  backend = await nodeBackend({ device: 'cpu', threads: 1 });
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());

const same = (x: Tensor): Tensor => x;
const specs = { x: spec([1]) };

it('options that do not exist are refused, not ignored', async () => {
  const attempts: (() => Promise<unknown>)[] = [
    () => nodeBackend({ telemtry: true } as never),
    () => openOnnx('x.onnx', { thread: 1 } as never),
    () => compile(same, specs, { compcat: true } as never),
    () => compile(same, specs, { passes: { shares: false } as never }),
    () => toOnnx(same, specs, { threshold: 0 } as never),
    async () => jit(same, { dynamicAxis: [] } as never),
    async () => jit(same, null as never),
    async () => jit(same, { passes: { pack: false } as never }),
    async () => jacobian(same, { arg: 1 } as never),
    async () => jacobian(same, { mode: 'rev' as never }),
    async () => hessian(sum, { mode: 'rev' as never })(tensor([1])),
  ];
  const errors = await Promise.all(attempts.map((attempt) => rejection(attempt())));
  expect(errors.map(({ name, message }) => `${name}: ${message}`)).toMatchInlineSnapshot(`
    [
      "ArgumentError: nodeBackend: no such option. Got 'telemtry'; expected one of device, threads, strict, worker, maxSessions, profile, telemetry. Did you mean 'telemetry'?",
      "ArgumentError: openOnnx: no such option. Got 'thread'; expected threads. Did you mean 'threads'?",
      "ArgumentError: compile: no such option. Got 'compcat'; expected one of passes, compact. Did you mean 'compact'?",
      "ArgumentError: compile: passes: no such option. Got 'shares'; expected one of share, tile. Did you mean 'share'?",
      "ArgumentError: toOnnx: no such option. Got 'threshold'; expected externalDataThreshold. Did you mean 'externalDataThreshold'?",
      "ArgumentError: jit: no such option. Got 'dynamicAxis'; expected one of dynamicAxes, specs, key, passes. Did you mean 'dynamicAxes'?",
      "ArgumentError: jit: the options object does not fit. Got null; expected { dynamicAxes, specs, key, passes }. Look at how jit is called.",
      "ArgumentError: jit: passes: no such option. Got 'pack'; expected one of share, tile. Look at its spelling.",
      "ArgumentError: jacobian: no such option. Got 'arg'; expected one of argument, mode. Did you mean 'argument'?",
      "ArgumentError: jacobian: mode does not fit. Got 'rev'; expected reverse or forward. Look at how jacobian is called.",
      "ArgumentError: jacobian: mode does not fit. Got 'rev'; expected reverse or forward. Look at how jacobian is called.",
    ]
  `);
});
