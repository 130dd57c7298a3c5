/** The kernel's clock as the page knows it. It stands still while the kernel is gone. */
export class KernelClock {
  #skewMs = 0;
  #stoppedMs: number | null = null;

  now(): number {
    return this.#stoppedMs ?? Date.now() + this.#skewMs;
  }

  /** A moment of the kernel's clock by the page's clock. */
  pageTime(kernelMs: number): number {
    return kernelMs - this.#skewMs;
  }

  /** Sets it by a time that the kernel has just told. */
  set(kernelMs: number): void {
    this.#skewMs = kernelMs - Date.now();
  }

  /** Sets it by a time that was told some time ago: it can only prove that the clock is ahead. */
  advance(kernelMs: number): void {
    this.#skewMs = Math.max(this.#skewMs, kernelMs - Date.now());
  }

  stop(atMs = this.now()): void {
    this.#stoppedMs = atMs;
  }

  go(): void {
    this.#stoppedMs = null;
  }
}
