import { checkEnv, make, PixelCar } from '@gai/rl';
import { describe, expect, it } from 'vitest';

/** Steers towards the middle of the road some way ahead, and no faster than it can. */
function drive(picture: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let row = 12; row < 15; row++) {
    for (let column = 1; column < 24; column++) {
      if (picture[row * 24 + column] !== 200) continue;
      sum += column - 11.5;
      count++;
    }
  }
  const aside = sum / Math.max(1, count);
  if (Math.abs(aside) > 1.5) return aside < 0 ? 1 : 2;
  return picture[12 * 24] === 255 ? 0 : 3; // the bar says whether it is fast
}

describe('PixelCar', () => {
  it('keeps the contract of envs, at any size', () => {
    checkEnv(new PixelCar() as never, { steps: 120 });
    checkEnv(new PixelCar({ size: 33 }) as never, { steps: 30 });
    expect(() => new PixelCar({ size: 4 })).toThrow('size is not usable');
    expect(() => new PixelCar({ width: 4 } as object)).toThrow('width');
    expect(() => new PixelCar().step(0)).toThrow('no episode has begun');
    const car = new PixelCar();
    car.reset({ seed: 0 });
    expect(() => car.step(5)).toThrow('expected an integer from 0 to 4');
  });

  it('can be driven by what it shows alone: a lap, for 100 less the time it takes', () => {
    for (const seed of [1, 2, 3]) {
      const env = make('PixelCar-v0');
      let picture = env.reset({ seed }).observation;
      let [total, steps, isOver] = [0, 0, false];
      while (!isOver) {
        const { observation, reward, terminated, truncated } = env.step(drive(picture));
        picture = observation;
        total += reward;
        steps++;
        isOver = terminated || truncated;
      }
      expect(steps).toBeLessThan(250);
      expect(total).toBeGreaterThan(100 - 0.05 * steps - 0.5);
      expect(total).toBeLessThan(101);
    }
  });

  it('punishes leaving the road, and standing still', () => {
    const env = make('PixelCar-v0');
    env.reset({ seed: 4 });
    let last = { reward: 0, terminated: false };
    for (let step = 0; !last.terminated; step++) last = { ...env.step(step < 8 ? 3 : 1) };
    expect(last.reward).toBeLessThan(-9);
    env.reset({ seed: 4 });
    const still = Array.from({ length: 250 }, () => ({ ...env.step(0) }));
    expect(still.at(-1)).toMatchObject({ truncated: true, terminated: false, reward: -0.05 });
  });

  it('goes on from a state it was saved in', () => {
    const [one, other] = [new PixelCar(), new PixelCar()];
    one.reset({ seed: 9 });
    for (let step = 0; step < 10; step++) one.step(3);
    other.setState(JSON.parse(JSON.stringify(one.getState())) as ReturnType<PixelCar['getState']>);
    for (let step = 0; step < 5; step++) {
      const [a, b] = [one.step(1), other.step(1)];
      expect(b.reward).toBe(a.reward);
      expect(b.observation).toEqual(a.observation);
    }
    expect(other.reset().observation).toEqual(one.reset().observation);
  });
});
