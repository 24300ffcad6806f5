import { afterEach, describe, expect, it, vi } from 'vitest';
import { CHAPTERS } from '../src/demo/chapters.ts';
import { playTour } from '../src/demo/tour.ts';
import { MissingPackages } from '../src/errors.ts';
import { gai } from './support.ts';

afterEach(() => void vi.restoreAllMocks());

/** Plays the tour with chapters that only say their names; those named in `absent` lack their packages. */
async function tour(absent: readonly string[], json = false): Promise<{ stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  for (const chapter of CHAPTERS) {
    vi.spyOn(chapter, 'play').mockImplementation(async ({ out }, streams) => {
      if (absent.includes(chapter.name)) throw new MissingPackages(`${chapter.name} needs @gai/rl`);
      streams.stdout.write(`played ${chapter.name} in ${out.replaceAll('\\', '/')}\n`);
    });
  }
  const streams = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
  };
  await playTour({ out: 'there', device: 'cpu', json }, streams);
  return { stdout, stderr };
}

describe('gai demo', () => {
  it('solves the ski resort', async () => {
    const { code, stdout, stderr } = await gai('demo', 'ski');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('The ski resort') });
    expect(stdout).toContain('from the Hotel 7.8412');
  });

  it('gives the same for machines', async () => {
    const last = async (chapter: string): Promise<unknown> =>
      JSON.parse((await gai('demo', chapter, '--json')).stdout.trim().split('\n').at(-1)!);
    expect(await last('ski')).toMatchObject({ value: expect.closeTo(7.8412, 4) as number, discount: 0.9 });
    expect(await last('cliff')).toMatchObject({ methods: [{ method: 'Q-learning', steps: 13 }, { method: 'SARSA' }] });
  });

  it('draws both ways along the cliff', async () => {
    const { stdout } = await gai('demo', 'cliff');
    // The book's example 6.6: about -50 and -28 while learning, measured over 1000 runs.
    const online = [...stdout.matchAll(/(-[\d.]+) per episode while learning/g)].map((match) => Number(match[1]));
    expect(Math.abs(online[0]! + 49.64)).toBeLessThan(4);
    expect(Math.abs(online[1]! + 27.71)).toBeLessThan(2);
    expect(stdout).toContain('its way without random steps takes 13, return -13');
    expect(stdout).toContain('→ → → → → → → → → → → ↓\n↑ C C C C C C C C C C G');
  });

  it('refuses a chapter that there is not', async () => {
    const { code, stderr } = await gai('demo', 'skii');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Allowed choices are ski, cliff') });
  });

  it('plays every chapter, each into a folder of its own', async () => {
    const { stdout, stderr } = await tour([]);
    expect(stdout.split('\n').slice(0, -1)).toEqual(CHAPTERS.map(({ name }) => `played ${name} in there/${name}`));
    expect(stderr).toContain(`${CHAPTERS.length}. ${CHAPTERS.at(-1)!.title}`);
  });

  it('passes over chapters whose packages are absent, and says so', async () => {
    const { stdout, stderr } = await tour(['digits'], true);
    expect(stderr).toContain('   digits needs @gai/rl\n');
    const { chapters } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { chapters: { missing?: string }[] };
    expect(chapters.map(({ missing }) => missing)).toEqual(
      CHAPTERS.map(({ name }) => (name === 'digits' ? 'digits needs @gai/rl' : undefined)),
    );
  });

  it('fails where there is nothing to show', async () => {
    await expect(tour(CHAPTERS.map(({ name }) => name))).rejects.toThrow('nothing to show. ski needs @gai/rl; cliff');
  });
});
