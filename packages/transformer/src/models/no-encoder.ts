import { ArgumentError } from '@gai/core';

/** A decoder behind an encoder was asked for its hidden states alone, and has nothing to look at. */
export const noEncoder = (op: string): ArgumentError =>
  new ArgumentError(
    `${op}: there is no encoder to look at. Got no cache; expected one with its keys and values. Call cache.setCross(...) and pass ` +
      `cache.view(), or run the whole model with forward.`,
    { op },
  );
