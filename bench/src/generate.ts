import type { GenerateSettings } from './generate-options.ts';
import { startContender } from './generate/contender.ts';
import type { Contender } from './generate/contender.ts';
import { prepare } from './generate/prepare.ts';
import { compare, total } from './generate/same-tokens.ts';
import type { Agreement } from './generate/same-tokens.ts';
import type { WriterOptions } from './generate/writer.ts';
import { median } from './interleave.ts';
import { formatColumns } from './report.ts';

/** What is timed, in milliseconds of processor time. */
const MEASURES = ['token behind 16', 'token behind 400', 'prompt of 400', 'token of 8 rows'] as const;
type Measure = (typeof MEASURES)[number];
type Times = Map<string, Map<Measure, number[]>>;

/** Tokens timed behind each prompt. */
const TOKENS = 8;
const OURS = 'gai';

/** The least of theirs / ours. */
const BARS: Readonly<Record<string, Partial<Record<Measure, number>>>> = {
  'transformers.js': { 'token behind 16': 1.1, 'token behind 400': 1.3, 'prompt of 400': 1.2 },
  'llama.cpp': { 'token behind 16': 0.8, 'token behind 400': 0.8, 'prompt of 400': 1 },
};

/** Token ids without a rule that a model of words could know. */
const promptOf = (length: number, row: number): number[] =>
  Array.from({ length }, (_, at) => (at * 7919 + row * 104_729 + 11) % 49_000);

/** It takes minutes: what it does is said beside the table. */
const say = (text: string): void => console.error(text);

/** Ours beside the others': the same tokens first, then the times. */
export async function generate(settings: GenerateSettings): Promise<void> {
  const options = prepare(settings.model);
  const agreements = await agree(settings, options);
  const times: Times = new Map();
  for (let start = 0; start < settings.starts; start += 1) {
    await withContenders(settings, options, (contenders) => timeAll(contenders, settings.rounds, times));
  }
  report(settings, times, agreements);
  if ([...agreements.values()].some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
}

async function withContenders<R>(
  { contenders }: GenerateSettings,
  options: WriterOptions,
  work: (contenders: readonly Contender[]) => Promise<R>,
): Promise<R> {
  const started: Contender[] = [];
  try {
    for (const name of [OURS, ...contenders]) {
      say(`starts ${name}`);
      started.push(await startContender(name, options));
    }
    return await work(started);
  } finally {
    for (const contender of started) contender.close();
  }
}

/** How many tokens are the same. */
function agree(settings: GenerateSettings, options: WriterOptions): Promise<Map<string, Agreement>> {
  return withContenders(settings, options, async ([ours, ...peers]) => {
    const found = new Map<string, Agreement[]>(peers.map(({ name }) => [name, []]));
    for (let index = 0; index < settings.prompts; index += 1) {
      say(`prompt ${index + 1} of ${settings.prompts}`);
      const call = { prompts: [promptOf(8 + 4 * index, index)], tokens: 64 };
      const mine = await ours!.write({ ...call, wantsMargins: true });
      for (const peer of peers) found.get(peer.name)!.push(compare(mine, await peer.write(call)));
    }
    return new Map([...found].map(([name, all]) => [name, total(all)]));
  });
}

/** Takes turns; the first round only warms up. */
async function timeAll(contenders: readonly Contender[], rounds: number, times: Times): Promise<void> {
  for (let round = 0; round <= rounds; round += 1) {
    say(`round ${round} of ${rounds}`);
    for (const contender of contenders) {
      const found = await timeOne(contender, round);
      if (round === 0) continue;
      const own = times.get(contender.name) ?? new Map<Measure, number[]>();
      times.set(contender.name, own);
      for (const [measure, ms] of found) own.set(measure, [...(own.get(measure) ?? []), ms]);
    }
  }
}

async function timeOne(contender: Contender, row: number): Promise<[Measure, number][]> {
  const [, ...short] = (await contender.write({ prompts: [promptOf(16, row)], tokens: TOKENS + 1 })).ms;
  const [prompt, ...long] = (await contender.write({ prompts: [promptOf(400, row)], tokens: TOKENS + 1 })).ms;
  const found: [Measure, number][] = [
    ['token behind 16', median(short)],
    ['token behind 400', median(long)],
    ['prompt of 400', prompt!],
  ];
  if (contender.name !== OURS) return found;
  const prompts = Array.from({ length: 8 }, (_, index) => promptOf(16, index));
  const [, ...rows] = (await contender.write({ prompts, tokens: TOKENS + 1 })).ms;
  return [...found, ['token of 8 rows', median(rows) / 8]];
}

function report({ json, model }: GenerateSettings, times: Times, agreements: ReadonlyMap<string, Agreement>): void {
  const middle = (name: string, measure: Measure): number => median(times.get(name)!.get(measure)!);
  const rows = [...times].flatMap(([name, own]) =>
    [...own.keys()].map((measure) => {
      const [ms, oursMs] = [middle(name, measure), middle(OURS, measure)];
      return { model, contender: name, measure, ms, peerOverOurs: ms / oursMs, bar: BARS[name]?.[measure] };
    }),
  );
  const lines = rows.map(({ contender, measure, ms, peerOverOurs, bar }) => {
    const asked = bar === undefined ? '' : peerOverOurs >= bar ? `≥ ${bar}x` : `missed ${bar}x`;
    return [contender, measure, ms.toFixed(1), contender === OURS ? '' : `${peerOverOurs.toFixed(2)}x`, asked];
  });
  console.log(formatColumns(['contender', 'measure', 'ms', 'peer/ours', 'bar'], lines, ['contender', 'measure']));
  const batch = middle(OURS, 'token behind 16') / middle(OURS, 'token of 8 rows');
  console.log(`\n8 rows: ${batch.toFixed(1)}x the tokens of one (bar: 3x)`);
  for (const [name, { compared, narrow, wrong }] of agreements) {
    const margins = wrong.length === 0 ? '' : ` (${wrong.map((margin) => margin.toExponential(1)).join(', ')} apart)`;
    const same = `${name}: ${compared} tokens are the same; ${narrow} differ at a narrow margin, ${wrong.length} elsewhere`;
    console.log(`${same}${margins}`);
  }
  if (json) {
    const same = [...agreements].map(([contender, found]) => ({ contender, ...found }));
    console.log(JSON.stringify({ rows, same, batchOfEight: batch }));
  }
}
