import type { DeviceBuffer, HostTensor, RunOptions, Session, SessionProfile } from '../backend/backend.ts';
import type { WatchedFile } from '../ir/tensor.ts';
import type { Compiled } from './sessions.ts';

/** A session whose runtime reads files by itself: once one of them was written to, it runs no more. */
class WatchedSession implements Session {
  readonly #session: Session;
  readonly #files: readonly WatchedFile[];

  readonly endProfile?: () => Promise<SessionProfile>;

  constructor(session: Session, files: readonly WatchedFile[]) {
    this.#session = session;
    this.#files = files;
    if (session.endProfile !== undefined) this.endProfile = () => session.endProfile!();
  }

  async run(inputs: readonly (HostTensor | DeviceBuffer)[], options?: RunOptions): Promise<DeviceBuffer[]> {
    for (const file of this.#files) file.check();
    return this.#session.run(inputs, options);
  }

  release(): Promise<void> {
    for (const file of this.#files) file.release();
    return this.#session.release();
  }
}

/** Makes a session that reads these files by itself, and sees to it that they are what they were. */
export async function loadWatched(files: readonly WatchedFile[], load: () => Promise<Compiled>): Promise<Compiled> {
  if (files.length === 0) return load();
  let compiled: Compiled | undefined;
  try {
    for (const file of files) file.check();
    compiled = await load();
    // The runtime opens them by name, after we did.
    for (const file of files) await file.confirm();
    return { ...compiled, session: new WatchedSession(compiled.session, files) };
  } catch (error) {
    for (const file of files) file.release();
    await compiled?.session.release();
    throw error;
  }
}
