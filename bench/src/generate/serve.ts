/** A process of its own for one contender: `node serve.ts <name> <options>`; answers what the parent asks. */
import { gaiWriter } from './gai-writer.ts';
import { llamaWriter } from './llama-writer.ts';
import { transformersJsWriter } from './transformers-js-writer.ts';
import type { WriteCall, Writer, WriterOptions } from './writer.ts';

const makers: Readonly<Record<string, (options: WriterOptions) => Promise<Writer>>> = {
  gai: gaiWriter,
  'transformers.js': transformersJsWriter,
  'llama.cpp': llamaWriter,
};

const [name = '', options = '{}'] = process.argv.slice(2);
const writer = await makers[name]!(JSON.parse(options) as WriterOptions);
process.on('message', async (call: WriteCall) => {
  try {
    process.send!({ written: await writer.write(call) });
  } catch (error) {
    process.send!({ failed: (error as Error).stack });
  }
});
process.send!({ ready: true });
