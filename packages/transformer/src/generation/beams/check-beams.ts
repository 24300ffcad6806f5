import { ArgumentError } from '@gai/core';
import { quoted } from '@gai/core/io';
import type { GenerateOptions } from '../generate-options.ts';

/** Settings that only a search reads. */
const OF_BEAMS = ['lengthPenalty', 'earlyStopping', 'numBeamGroups', 'diversityPenalty'] as const;

/**
 * Refuses what contradicts itself, or asks for a search where there is none.
 * @param call - What the call itself says: files have settings of a search which another call may want.
 * @param settings - With what files say.
 * @throws {@link ArgumentError}
 */
export function checkBeams(call: GenerateOptions, settings: GenerateOptions): void {
  const { numBeams: beams = 1, numReturnSequences: several = 1 } = settings;
  if (beams === 1) {
    const unread = OF_BEAMS.find((name) => call[name] !== undefined);
    if (unread !== undefined) throw noSearch(unread, call[unread]);
    if (several > 1 && settings.doSample !== true) throw severalAlike(several);
    return;
  }
  if (several > beams) throw tooFew(several, beams);
  checkGroups(settings, beams);
  checkKept(call);
}

function checkGroups(settings: GenerateOptions, beams: number): void {
  const { numBeamGroups: groups = 1, diversityPenalty: diversity = 0, doSample } = settings;
  if (groups === 1) {
    if (diversity !== 0)
      throw misfit('diversityPenalty needs groups', `diversityPenalty ${diversity}`, 'numBeamGroups of at least 2');
    return;
  }
  if (beams % groups !== 0)
    throw misfit(
      'groups are of unequal size',
      `${beams} beams in ${groups} groups`,
      'numBeams that numBeamGroups divides',
    );
  if (doSample === true) throw misfit('groups are not drawn', 'doSample and numBeamGroups', 'one of them');
  if (diversity === 0) throw misfit('groups would all be alike', 'diversityPenalty 0', 'a number above 0');
}

/** A search moves its rows about: there is no cache of one prompt in the end. */
function checkKept({ returnCache }: GenerateOptions): void {
  if (returnCache === true) throw misfit('a search keeps no cache', 'returnCache', 'none with numBeams');
}

// oxlint-disable-next-line max-params -- one sentence.
const misfit = (fault: string, got: string, expected: string): ArgumentError =>
  new ArgumentError(`generate: ${fault}. Got ${got}; expected ${expected}. Pass other values.`, { op: 'generate' });

const noSearch = (name: string, value: unknown): ArgumentError =>
  new ArgumentError(
    `generate: there is no search. Got ${name} ${quoted(value)} without beams; expected numBeams of at least 2. Pass { numBeams }, or ` +
      `leave ${name} out.`,
    { op: 'generate', details: { option: name } },
  );

const severalAlike = (several: number): ArgumentError =>
  new ArgumentError(
    `generate: all answers would be the same. Got numReturnSequences ${several}, and nothing is drawn; expected 1. Pass { doSample: true }, ` +
      `or { numBeams: ${several} }.`,
    { op: 'generate', details: { option: 'numReturnSequences' } },
  );

const tooFew = (several: number, beams: number): ArgumentError =>
  new ArgumentError(
    `generate: there are not so many beams. Got numReturnSequences ${several} of ${beams}; expected at most ${beams}. Pass { numBeams: ` +
      `${several} }.`,
    { op: 'generate', details: { option: 'numReturnSequences' } },
  );
