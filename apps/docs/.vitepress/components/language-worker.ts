import { releaseInspection } from '@gai/transformer';
import { openBackend } from '../kit/open-backend.ts';
import { serveCalls } from '../kit/worker-calls.ts';
import type { Port } from '../kit/worker-calls.ts';
import { languageFunctions } from './language-functions.ts';

/** Language models in a worker of the page: the figures stay smooth while it computes. */
serveCalls(globalThis as unknown as Port, languageFunctions({ prepare: openBackend, release: releaseInspection }));
