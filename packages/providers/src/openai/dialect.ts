import { ProviderError } from '../errors.ts';
import type { GenerateOptions } from '../text-generator.ts';
import type { Server, ServerKind } from './options.ts';

/** The field of the protocol that an option becomes. */
type Fields = { readonly [name in keyof GenerateOptions]?: string };

/** What every server takes. */
const COMMON: Fields = {
  temperature: 'temperature',
  topP: 'top_p',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  seed: 'seed',
  stop: 'stop',
};

/** What some take beside it; the names are of their documentation. */
const ADDED: Readonly<Record<ServerKind, Fields>> = {
  openai: {},
  vllm: { topK: 'top_k', minP: 'min_p', repetitionPenalty: 'repetition_penalty' },
  'llama.cpp': { topK: 'top_k', minP: 'min_p', repetitionPenalty: 'repeat_penalty' },
  ollama: {},
};

const SAMPLING = ['topK', 'minP', 'repetitionPenalty'] as const;

/** The sampling options as fields of a request; throws for those the server has no field for. */
export function samplingFields(op: string, server: Server, options: GenerateOptions): Record<string, unknown> {
  const missing = SAMPLING.find((name) => options[name] !== undefined && ADDED[server.kind][name] === undefined);
  if (missing !== undefined) throw unsupported(op, server, missing);
  const fields = Object.entries({ ...COMMON, ...ADDED[server.kind] }) as [keyof GenerateOptions, string][];
  return Object.fromEntries(
    fields.flatMap(([name, field]) => (options[name] === undefined ? [] : [[field, options[name]]])),
  );
}

/** The refusal of an option that this kind of server cannot honour. */
export function unsupported(op: string, { kind, baseURL }: Server, option: string): ProviderError {
  const others = Object.entries(ADDED).filter(([, fields]) => option in fields);
  const able = others.map(([name]) => `'${name}'`).join(' or ');
  return new ProviderError(
    'UNSUPPORTED',
    `${op}: a server of kind '${kind}' does not take ${option}. Got ${option} for ${baseURL}; expected an option of its protocol. ` +
      (able === '' ? 'Leave it out.' : `Leave it out, or say server: ${able} if it is one.`),
    { op, details: { option, server: kind } },
  );
}
