/** Runs at most `size` jobs at a time; the others wait in the order they came. */
export class JobPool {
  readonly #size: number;
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #done: (() => void)[] = [];
  #running = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** How many jobs run or wait. */
  get busy(): number {
    return this.#running + this.#waiting.length;
  }

  /** `job` must deal with its own failures. */
  add(job: () => Promise<void>): void {
    this.#waiting.push(job);
    this.#next();
  }

  /** Forgets what has not begun, and resolves when what has is over, or after `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    this.#waiting.length = 0;
    if (this.#running === 0) return;
    await Promise.race([
      new Promise<void>((resolve) => this.#done.push(resolve)),
      new Promise<void>((resolve) => setTimeout(resolve, timeoutMs)),
    ]);
  }

  #next(): void {
    if (this.#running >= this.#size) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#running += 1;
    void job().finally(() => {
      this.#running -= 1;
      if (this.#running === 0) for (const resolve of this.#done.splice(0)) resolve();
      this.#next();
    });
  }
}
