import { checkGenerateOptions } from '../check-options.ts';
import { checkPrompt } from '../check-prompt.ts';
import type { Prompt } from '../messages.ts';
import type { GenerateOptions, TextGenerator } from '../text-generator.ts';
import { textStream } from '../text-stream.ts';
import { Client } from './client.ts';
import { resolveServer } from './options.ts';
import type { ServerOptions } from './options.ts';
import { modelRequest } from './request.ts';
import type { ModelRequest } from './request.ts';
import { readGeneration } from './response.ts';
import { readStream } from './stream.ts';

/**
 * A language model behind any server that speaks OpenAI's protocol: vLLM, llama.cpp, Ollama, `gai serve`, a hosted one.
 *
 * A conversation goes to `/chat/completions`, a text is continued by `/completions`. A request that fails in a way that may
 * pass (no connection, 408, 429, 5xx) is sent again, later each time, or when the server says; a stream that has begun is
 * not. Options the server has no field for throw. Keys are read from `apiKey` alone, redirects are refused, and nothing goes
 * to any host but that of `baseURL`.
 * @param options.server - Which additions to the protocol the server has: `vllm`, `llama.cpp`, `ollama`. Default `openai`: none.
 * @param options.timeout - Milliseconds of silence after which a request has failed. Default 600,000.
 * @throws {@link ProviderError} `ARGUMENT` if an option is wrong; calls throw the other codes.
 * @example
 * const model = openAICompatible({ baseURL: 'http://127.0.0.1:8000/v1', model: 'SmolLM2-135M-Instruct', server: 'vllm' });
 * model.model; // => 'SmolLM2-135M-Instruct'
 * @category OpenAI-compatible servers
 */
export function openAICompatible(options: ServerOptions): TextGenerator {
  const server = resolveServer('openAICompatible', options);
  const client = new Client(server);
  const prepare = (op: string, prompt: Prompt, given: GenerateOptions): ModelRequest => {
    checkGenerateOptions(op, given);
    checkPrompt(op, prompt);
    return modelRequest(op, server, prompt, given);
  };
  return {
    model: server.model,
    async generate(prompt, given = {}) {
      const { path, body } = prepare('generate', prompt, given);
      return readGeneration({ op: 'generate', server }, await client.json('generate', path, body, given.signal));
    },
    stream(prompt, given = {}) {
      const { path, body } = prepare('stream', prompt, given);
      const streamed = { ...body, stream: true, stream_options: { include_usage: true } };
      return textStream(readStream({ op: 'stream', server }, client.stream('stream', path, streamed, given.signal)));
    },
  };
}
