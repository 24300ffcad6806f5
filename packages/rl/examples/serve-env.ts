/**
 * Serves an env over HTTP, for `src/serve/gai_env.py` and Stable-Baselines3 to train on. Ends at Ctrl-C.
 *
 * `pnpm example rl/serve-env CartPole-v1 8765`, then in Python `PPO("MlpPolicy", GaiEnv("http://127.0.0.1:8765")).learn(10_000)`.
 */
import { serveEnv } from '@gai/rl/node';

const smoke = process.argv.includes('--smoke');
const [id = 'CartPole-v1', port = '8765'] = process.argv.slice(2).filter((word) => word !== '--smoke');
const server = await serveEnv(id, { port: smoke ? 0 : Number(port) });
console.log(`${id} at ${server.url}`);
if (smoke) {
  const { actionSpace } = (await (await fetch(`${server.url}/v1`)).json()) as { actionSpace: object };
  console.log(actionSpace);
  await server.close();
} else {
  process.once('SIGINT', () => void server.close());
}
