// How fast something goes on, and how long it still takes.

/** Seconds over which the speed is averaged. */
const WINDOW = 8;
/** Below this many seconds of data there is no estimate. */
const MIN_WINDOW = 1;

/** Measures from samples of (time in ms, amount done). */
export class Speedometer {
  samples = [];

  add(time, done) {
    const last = this.samples.at(-1);
    if (last && done < last.done) this.samples = [];
    this.samples.push({ time, done });
    while (this.samples.length > 2 && time - this.samples[0].time > WINDOW * 1000) this.samples.shift();
  }

  reset() {
    this.samples = [];
  }

  /** Amount per second; null while that is unknown, and when nothing has come for a while. */
  rate(now = Date.now()) {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || now - last.time > WINDOW * 1000 || last.time - first.time < MIN_WINDOW * 1000 || last.done <= first.done) return null;
    return (last.done - first.done) * 1000 / (last.time - first.time);
  }

  /** Seconds until `whole` is done; null while that is unknown. */
  left(whole, now = Date.now()) {
    const rate = this.rate(now);
    return rate === null ? null : Math.max(0, (whole - this.samples.at(-1).done) / rate);
  }
}
