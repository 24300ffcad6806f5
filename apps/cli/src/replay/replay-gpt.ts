import { join } from 'node:path';
import { openTokens } from '@gai/data/node';
import { loadCheckpoint, manualSeed, replay } from '@gai/nn';
import type { Checkpoint } from '@gai/nn';
import { LlamaForCausalLM } from '@gai/transformer';
import { UsageError } from '../errors.ts';
import { RunClock } from '../gpt/clock.ts';
import { GPT_PRESETS, configOf } from '../gpt/presets.ts';
import { parseRecord } from '../gpt/record.ts';
import type { RunRecord } from '../gpt/record.ts';
import { gptFitOptions, secondsOf } from '../gpt/train-model.ts';
import type { Streams } from '../streams.ts';
import { withBackend } from '../with-backend.ts';
import type { ReplayedRun } from './replay-run.ts';
import { showReplay } from './show-replay.ts';

/** A step of a run of `gai train gpt`. */
export async function replayGpt({ folder, record, options }: ReplayedRun, streams: Streams): Promise<void> {
  const run = parseRecord(record, folder);
  const { device = 'auto', threads, step } = options;
  await withBackend({ device, ...(threads !== undefined && { threads }) }, async () => {
    const preset = GPT_PRESETS[run.preset];
    const from = run.steps === null ? await timedCheckpoint(folder, step) : folder;
    await using tokens = await openTokens(join(folder, 'train.tokens'));
    manualSeed(run.seed);
    const model = new LlamaForCausalLM({ ...configOf(preset), vocabSize: tokens.vocabSize });
    const clock = clockOf(run, from);
    const replayed = await replay(model, gptFitOptions({ tokens, preset, clock }, run.seed), { step, from });
    if (run.steps === null) streams.stderr.write(TIMED);
    await showReplay({ folder, replayed, model }, options, streams);
  });
}

const TIMED =
  'The learning rate of this run followed the clock: loss and gradients are those of the run, the new weights are not.\n';

/** Only the very next step of a run by the clock can be made: the rates of others are not known. */
async function timedCheckpoint(folder: string, step: number): Promise<Checkpoint> {
  const checkpoint = await loadCheckpoint(join(folder, 'last.safetensors'));
  if (checkpoint.step === step - 1) return checkpoint;
  throw new UsageError(
    `the learning rate of the run in '${folder.slice(0, 80)}' followed the clock: of its steps only the one behind its checkpoint can be ` +
      `made again. Give --step ${checkpoint.step + 1}, or train with --steps.`,
  );
}

function clockOf({ steps, seconds, preset }: RunRecord, from: Checkpoint | string): RunClock {
  if (steps !== null) return new RunClock({ steps }, 0);
  const whole = seconds ?? GPT_PRESETS[preset].seconds;
  return new RunClock({ seconds: whole, least: whole }, secondsOf(typeof from === 'string' ? undefined : from));
}
