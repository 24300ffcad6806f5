/**
 * How fast patterns are searched for: by JavaScript, and in linear time by ourselves, in MB per second of processor time.
 *
 *     pnpm tsx --conditions=@gai/source packages/tokenizers/bench/patterns.ts
 */
import { CL100K, GPT2, LLAMA3, O200K } from '../src/text/known-patterns.ts';
import { compilePattern, parsePattern } from '../src/text/linear/compile.ts';
import { LinearRegExp } from '../src/text/linear/linear-reg-exp.ts';
import { Matcher } from '../src/text/matcher.ts';
import { IntList } from '../src/text/int-list.ts';
import { translate } from '../src/text/translate.ts';
import { corpora } from './corpora.ts';

const DEEPSEEK = String.raw`[!-/:-@\[-\x60{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const PATTERNS = { GPT2, LLAMA3, CL100K, O200K, DEEPSEEK, 'spaces at the end': String.raw`[ ▁]+\z` };

const { english, code } = corpora();
for (const [name, source] of Object.entries(PATTERNS)) {
  const own = new Matcher(new LinearRegExp('x', 'gv', compilePattern(parsePattern(source))));
  const native = new Matcher(translate(source));
  const speeds = [english, code].map(({ measured }) => {
    const texts = measured.slice(0, 60);
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const speedOf = (matcher: Matcher): string => {
      const found = new IntList();
      const run = (): void => {
        for (const text of texts) {
          found.clear();
          matcher.find(text, found);
        }
      };
      run();
      const before = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(before);
      return (bytes / (user + system)).toFixed(1);
    };
    return `${speedOf(native)} and ${speedOf(own)}`;
  });
  console.log(`${name}: by JavaScript and in linear time, English ${speeds[0]}, code ${speeds[1]} MB/s`);
}
