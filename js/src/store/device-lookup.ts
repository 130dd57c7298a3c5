import { type Device, isDevice, isUse, type Use } from "../wire/device";
import { RequestError } from "../wire/requests";
import type { Asker } from "./job-lookup";

/** What is known of the device: nobody asked yet, or not answered; or told; and what went wrong. */
export interface DeviceKnown {
  readonly device: Device | null;
  readonly isAsked: boolean;
  readonly problem: string | null;
}

const UNREADABLE = "This page cannot read the kernel's answer.";

/** Asks the kernel for the device, and for what jobs use of it, for as long as a view lives. */
export class DeviceLookup {
  readonly #asker: Asker;
  readonly #onNews: () => void;
  #known: DeviceKnown = { device: null, isAsked: false, problem: null };
  readonly #uses = new Map<string, Use | null>();

  constructor(asker: Asker, onNews: () => void) {
    this.#asker = asker;
    this.#onNews = onNews;
  }

  get known(): DeviceKnown {
    return this.#known;
  }

  /** Asks again; what is known stays until there is an answer. */
  refresh(): void {
    if (this.#known.isAsked) return;
    this.#put({ isAsked: true });
    const take = (answer: unknown): void =>
      this.#put(isDevice(answer) ? { device: answer, problem: null } : { problem: UNREADABLE });
    this.#asker.request("device", {}, "device", take).then(
      () => this.#put({ isAsked: false }),
      (error: unknown) => this.#onFailed(error),
    );
  }

  /** What a job uses; null while that is not known. Asks, once. */
  use(jobId: string): Use | null {
    const known = this.#uses.get(jobId);
    if (known !== undefined) return known;
    this.#uses.set(jobId, null);
    const take = (answer: unknown): void => {
      if (!isUse(answer)) return;
      this.#uses.set(jobId, answer);
      this.#onNews();
    };
    // Without it nothing is marked; when the job is selected again it is asked again.
    this.#asker
      .request("use", { job_id: jobId }, `use:${jobId}`, take)
      .catch(() => this.#uses.delete(jobId));
    return null;
  }

  #onFailed(error: unknown): void {
    if (error instanceof RequestError && error.late) {
      // A service may take its time, and a busy kernel answers late.
      error.late.then(
        () => this.#put({ isAsked: false }),
        (later: unknown) => this.#onFailed(later),
      );
      return;
    }
    const problem = error instanceof Error ? error.message : String(error);
    this.#put({ isAsked: false, problem });
  }

  #put(news: Partial<DeviceKnown>): void {
    this.#known = { ...this.#known, ...news };
    this.#onNews();
  }
}
