import { slice, squeeze } from '@gai/core';
import type { Tensor } from '@gai/core';

/** The hidden state of each text's first token: `[batch, time, features]` → `[batch, features]`. */
export const firstToken = (hidden: Tensor): Tensor => squeeze(slice(hidden, [null, [0, 1]]), 1);
