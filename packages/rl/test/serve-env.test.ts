import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { Box, Dict, Discrete, make, MultiBinary, MultiDiscrete, Text, Tuple } from '@gai/rl';
import type { Env, Space } from '@gai/rl';
import { exportPolicy, loadOnnxPolicy, PPO } from '@gai/rl/deep';
import { serveEnv } from '@gai/rl/node';
import type { EnvServer, ServeEnvOptions } from '@gai/rl/node';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { infoToJson, spaceToJson, valueFromJson, valueToJson } from '../src/serve/space-json.ts';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

interface Fixture {
  readonly exchange: readonly {
    method: 'GET' | 'POST';
    path: string;
    body: object | null;
    answer: Record<string, unknown>;
  }[];
  readonly returns: readonly number[];
  readonly steps: readonly { observation: number[]; action: number; logits: number[] }[];
  readonly onnx: string;
}

/** What Python said, and learned (fixtures/make-served.py). */
const fixture = JSON.parse(readFileSync(new URL('./fixtures/served.json', import.meta.url), 'utf8')) as Fixture;

type Answer = readonly [status: number, body: Record<string, unknown>];

async function call(url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return [response.status, (await response.json()) as Record<string, unknown>];
}

/** Serves an env while something is done with it. */
async function serving(
  use: (server: EnvServer) => Promise<void>,
  { env = 'CartPole-v1', ...options }: ServeEnvOptions & { env?: string | (() => Env) } = {},
): Promise<void> {
  const server = await serveEnv(env, options);
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

const open = async (url: string): Promise<string> => {
  const [, { session }] = await call(`${url}/v1/sessions`, {});
  return `${url}/v1/sessions/${String(session)}`;
};

describe('serveEnv', () => {
  it('answers what it has answered to Python, which was Gymnasium’s', () =>
    serving(async ({ url }) => {
      let session = '';
      for (const { method, path, body, answer } of fixture.exchange) {
        const [status, got] = await call(
          `${url}${path.replace('SESSION', session)}`,
          method === 'GET' ? undefined : body,
        );
        expect(status).toBe(200);
        if (path === '/v1') expect({ ...got, id: answer['id'] }).toEqual(answer);
        else if (path === '/v1/sessions') session = String(got['session']);
        else expect(got).toEqual(answer);
      }
      expect(fixture.exchange.length).toBeGreaterThan(12);
    }));

  it('keeps sessions apart and bounded, and ends silent ones', () =>
    serving(
      async (server) => {
        const [one, two] = [await open(server.url), await open(server.url)];
        const [, first] = await call(`${one}/reset`, { seed: 1 });
        const [, second] = await call(`${two}/reset`, { seed: 2 });
        expect(first['observation']).not.toEqual(second['observation']);
        const [, again] = await call(`${two}/reset`, { seed: 1 });
        expect(again).toEqual(first);
        expect(await call(`${server.url}/v1/sessions`, {})).toEqual([
          503,
          { error: expect.stringContaining('2 sessions') },
        ]);
        expect(await call(`${one}/close`, {})).toEqual([200, {}]);
        expect((await call(`${one}/step`, { action: 0 }))[0]).toBe(404);
        expect(server.sessions).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 1100));
        await open(server.url);
        expect(server.sessions).toBe(1);
        expect((await call(`${two}/step`, { action: 0 }))[0]).toBe(404);
      },
      { maxSessions: 2, sessionTimeout: 1 },
    ));

  it('bounds connections that say nothing', () =>
    serving(
      async ({ url, port }) => {
        const idle = Array.from({ length: 30 }, () => connect({ port, host: '127.0.0.1' }));
        const ended = new Set<Socket>();
        for (const socket of idle) socket.on('error', () => undefined).on('close', () => ended.add(socket));
        await vi.waitFor(() => expect(ended.size).toBe(30 - 18));
        for (const socket of idle) socket.destroy();
        await vi.waitFor(async () => expect((await call(`${url}/v1`))[0]).toBe(200));
      },
      { maxSessions: 1 },
    ));

  it('refuses what is wrong, and says what', () =>
    serving(
      async ({ url }) => {
        const session = await open(url);
        const cases: readonly (readonly [number, string, unknown, string])[] = [
          [409, `${session}/step`, { action: 0 }, 'reset first'],
          [400, `${session}/reset`, { seed: -1 }, 'seed is none'],
          [400, `${session}/reset`, { seed: 1.5 }, 'seed is none'],
          [400, `${session}/reset`, { sed: 1 }, 'no such field: \\"sed\\"'],
          [400, `${session}/reset`, { options: [1] }, 'options are none'],
          [400, `${session}/reset`, { options: { state: [1] } }, 'expected 4 finite numbers'],
          [400, `${session}/reset`, '[1]', 'no JSON object'],
          [400, `${session}/reset`, '{"seed":', 'no JSON'],
          [413, `${session}/reset`, { options: { text: 'x'.repeat(3000) } }, 'longer than 2048 bytes'],
          [404, `${session}/render`, {}, 'nothing here'],
          [404, `${url}/v1/sessions/${'0'.repeat(36)}/reset`, {}, 'no such session'],
          [404, `${url}/`, undefined, 'nothing here'],
          [405, `${session}/reset`, undefined, 'takes POST'],
        ];
        for (const [status, path, body, message] of cases) {
          const [got, answer] = await call(path, body);
          expect([got, JSON.stringify(answer)]).toEqual([status, expect.stringContaining(message)]);
        }
        await call(`${session}/reset`, {});
        for (const action of [2, -1, 0.5, '0', null, [0], undefined]) {
          const [status, { error }] = await call(`${session}/step`, { action });
          expect([status, error]).toEqual([400, expect.stringContaining('expected an element of Discrete(2)')]);
        }
        expect((await call(`${session}/step`, { action: 1 }))[0]).toBe(200);
        expect((await call(`${url}/v1/sessions`, {}, { 'content-type': 'text/plain' }))[0]).toBe(415);
      },
      { maxBodyBytes: 2048 },
    ));

  it('answers nobody who calls it by a foreign name, from a page, or without its token', () =>
    serving(
      async ({ url, port }) => {
        const bearer = { authorization: 'Bearer 0123456789abcdef' };
        expect(await call(`${url}/v1`)).toEqual([401, { error: expect.stringContaining('token') }]);
        expect((await call(`${url}/v1`, undefined, { authorization: 'Bearer 0123456789abcdeg' }))[0]).toBe(401);
        expect((await call(`${url}/v1`, undefined, bearer))[0]).toBe(200);
        expect((await call(`${url}/v1`, undefined, { ...bearer, origin: 'http://evil.example' }))[0]).toBe(403);
        expect(await statusFor(port, { ...bearer, host: 'evil.example' })).toBe(403);
        expect(await statusFor(port, { ...bearer, host: `LocalHost:${port}` })).toBe(200);
      },
      { token: '0123456789abcdef' },
    ));

  it('answers to the names it is told, whatever their case, and to no part of one', () =>
    serving(
      async ({ port }) => {
        expect(await statusFor(port, { host: `gai.example:${port}` })).toBe(200);
        expect(await statusFor(port, { host: 'example' })).toBe(403);
        expect(await statusFor(port, { host: '' })).toBe(403);
      },
      { allowedHosts: ['Gai.Example'] },
    ));

  it('refuses settings that would be unsafe or nonsense', async () => {
    const refused = async (options: ServeEnvOptions, message: string, env: unknown = 'CartPole-v1'): Promise<void> => {
      await expect(serveEnv(env as string, options)).rejects.toThrow(message);
    };
    await refused({ host: '0.0.0.0' }, 'other machines could call this without a token');
    await refused({ token: 'short' }, 'the token is too short. Got "5 characters"');
    await refused({ port: -1 }, 'port is not usable');
    await refused({ maxSessions: 0 }, 'maxSessions is not usable');
    await refused({ port: 70_000 }, 'Got port 70000; expected at most 65535');
    await refused({ sessionTimeout: 1e7 }, 'expected at most 2147483');
    await refused({ allowedHosts: 'gai.example' as never }, 'allowedHosts are no names. Got "gai.example"');
    await refused({ prot: 1 } as ServeEnvOptions, 'prot');
    await refused({}, 'unknown env. Got id "CartPol"', 'CartPol');
    await refused({}, 'this makes no envs', 3);
    await serving(async ({ port }) => {
      await expect(serveEnv('CartPole-v1', { port })).rejects.toThrow('EADDRINUSE');
    });
  });

  it('says an env’s own failure as such', () =>
    serving(
      async ({ url }) => {
        const session = await open(url);
        await call(`${session}/reset`, {});
        expect(await call(`${session}/step`, { action: 0 })).toEqual([500, { error: 'the wheel came off' }]);
      },
      {
        env: broken({
          step: () => {
            throw new Error('the wheel came off');
          },
        }),
      },
    ));
});

/** An env of one state that does what it is told when it is stepped, and closed. */
const broken = (parts: { step?: () => never; close?: () => void }) => (): Env => ({
  observationSpace: new Discrete(1),
  actionSpace: new Discrete(1),
  reset: () => ({ observation: 0, info: {} }),
  step: () => ({ observation: 0, reward: 0, terminated: false, truncated: false, info: {} }),
  ...parts,
});

it('an env that fails to close takes nobody with it', async () => {
  let isServed = false;
  const fails = {
    close: () => {
      if (isServed) throw new Error('stuck');
    },
  };
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const server = await serveEnv(broken(fails), { sessionTimeout: 1 });
  isServed = true;
  await open(server.url);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await open(server.url);
  expect(warned.mock.calls.map(([error]) => (error as Error).message)).toEqual(['stuck']);
  warned.mockRestore();
  expect(server.sessions).toBe(1);
  await expect(server.close()).rejects.toThrow('1 envs failed to close');
  await expect(fetch(`${server.url}/v1`)).rejects.toThrow();
});

function statusFor(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/v1', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('spaces as JSON', () => {
  const spaces: readonly Space[] = [
    new Discrete(3, { start: -1 }),
    new Box({ low: [-1, -Infinity], high: [1, Infinity] }),
    new Box({ low: 0, high: 255, shape: [2, 2, 1], dtype: 'uint8' }),
    new MultiDiscrete([2, 3]),
    new MultiBinary(3),
    new Text(4, { charset: 'ab' }),
    new Tuple([new Discrete(2), new Dict({ speed: new Box({ low: 0, high: 1, shape: [2] }) })]),
  ] as readonly Space[];

  it.each(spaces.map((space) => [space.toString(), space] as const))('%s: its elements come back', (_, space) => {
    for (let seed = 0; seed < 5; seed++) {
      const value = space.sample(seed);
      const sent = JSON.parse(JSON.stringify(valueToJson(space, value))) as unknown;
      expect(valueFromJson(space, sent)).toEqual(value);
    }
    expect(JSON.parse(JSON.stringify(spaceToJson(space)))).toEqual(spaceToJson(space));
  });

  it('infinite bounds and numbers that JSON lacks are texts', () => {
    expect(spaceToJson(spaces[1]!)).toEqual({
      kind: 'Box',
      low: [-1, '-inf'],
      high: [1, 'inf'],
      shape: [2],
      dtype: 'float32',
    });
    expect(infoToJson({ a: Float32Array.of(1, NaN), b: 3n, c: () => 1, d: { e: [Infinity] } })).toEqual({
      a: [1, 'nan'],
      b: '3',
      d: { e: ['inf'] },
    });
    expect(() => valueFromJson(spaces[2]!, [0, 0, 0, 256])).toThrow('not an action');
    expect(() => valueFromJson(spaces[2]!, [0, 0, 0])).toThrow('not an action');
    expect(() => valueFromJson(spaces[3]!, [0, 1.5])).toThrow('not an action');
    expect(() => valueFromJson(spaces[4]!, [0, 1, 257])).toThrow('not an action');
    expect(() => valueFromJson(spaces[6]!, [1, { speed: [0, 0], __proto__x: 1 }])).toThrow('not an action');
  });
});

describe('a policy that Stable-Baselines3 has trained on a served env', () => {
  const { observationSpace, actionSpace } = make('CartPole-v1');
  const bytes = Uint8Array.from(Buffer.from(fixture.onnx, 'base64'));

  it('acts here as there', async () => {
    const logits = await loadOnnxPolicy(bytes, { observationSpace, actionSpace, output: 'logits', gives: 'logits' });
    const acting = await loadOnnxPolicy(bytes, { observationSpace, actionSpace });
    expect(fixture.steps).toHaveLength(3);
    const env = make('CartPole-v1');
    let { observation } = env.reset({ seed: 1000 });
    for (const { observation: seen, action, logits: expected } of fixture.steps) {
      expect([...observation]).toEqual(seen);
      const output = Array.from((await logits.output(observation)) as Float32Array);
      expected.forEach((value, index) => expect(output[index]).toBeCloseTo(value, 5));
      expect(await logits.predict(observation)).toBe(action);
      expect(await acting.predict(observation)).toBe(action);
      ({ observation } = env.step(action));
    }
    await expect(logits.output(new Float32Array(3))).rejects.toThrow();
    await expect(logits.predict(new Float32Array(4).fill(NaN))).rejects.toThrow(
      'the model gives no action. Got [NaN, NaN]',
    );
    const elsewhere = await loadOnnxPolicy(bytes, { observationSpace, actionSpace: new Discrete(2, { start: 5 }) });
    await expect(elsewhere.predict(observation)).rejects.toThrow('the model gives no action');
    await Promise.all([logits.release(), acting.release()]);
  });

  it('is refused where it does not fit', async () => {
    const load = (options: object) => loadOnnxPolicy(bytes, { observationSpace, actionSpace, ...options });
    await expect(load({ inputs: 'x' })).rejects.toThrow('inputs');
    await expect(load({ gives: 'logit' })).rejects.toThrow("expected 'action' or 'logits'");
    await expect(load({ actionSpace: new Box({ low: 0, high: 1 }), gives: 'logits' })).rejects.toThrow(
      'expected Discrete',
    );
    await expect((await load({ output: 'logits' })).predict(new Float32Array(4))).rejects.toThrow('Got 2; expected 1');
    await expect(loadOnnxPolicy(bytes.subarray(0, 40), { observationSpace, actionSpace })).rejects.toThrow();
  });

  it('and one of this package comes back', async () => {
    const agent = new PPO('MlpPolicy', 'Pendulum-v1', { seed: 3, policyKwargs: { orthoInit: false } });
    const path = `${process.env['TMPDIR'] ?? '/tmp'}/gai-onnx-policy-${process.pid}.onnx`;
    await exportPolicy(agent, path);
    const env = make('Pendulum-v1');
    const policy = await loadOnnxPolicy(path, { observationSpace: env.observationSpace, actionSpace: env.actionSpace });
    const { observation } = env.reset({ seed: 0 });
    const [own, back] = [await agent.predict(observation, { deterministic: true }), await policy.predict(observation)];
    expect((back as Float32Array)[0]).toBeCloseTo((own as Float32Array)[0]!, 5);
  });
});

/** A Python with gymnasium, if there is one; `GAI_PYTHON` names another than `python3`. */
const python = process.env['GAI_PYTHON'] ?? 'python3';
const hasGymnasium = spawnSync(python, ['-c', 'import gymnasium']).status === 0;
if (!hasGymnasium)
  console.warn(`serve-env.test: skips the run of gai_env.py: ${python} has no gymnasium (GAI_PYTHON names another).`);

it.skipIf(!hasGymnasium)('Gymnasium’s own checker takes a served env', () =>
  serving(async ({ url }) => {
    const folder = fileURLToPath(new URL('../src/serve', import.meta.url));
    const program = [
      'import sys, warnings',
      `sys.path.insert(0, ${JSON.stringify(folder)})`,
      'from gai_env import GaiEnv',
      'from gymnasium.utils.env_checker import check_env',
      `env = GaiEnv(${JSON.stringify(url)})`,
      'warnings.simplefilter("ignore")',
      'check_env(env, skip_render_check=True)',
      'env.close()',
    ].join('\n');
    // In a process of its own: the server answers in this one.
    await promisify(execFile)(python, ['-c', program]);
  }),
);
