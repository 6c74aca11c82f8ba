import { Stopped, type Verdict } from "./verdict";

/**
 * What is known of one login at one registry. An account may be locked after a few tries, so one image asks first; its
 * refusal is every image's, and nobody sends that login again.
 */
export class LoginStanding {
  /** Whether it is known if the login is good. */
  isSettled = false;
  private settle: () => void = () => undefined;
  readonly settled = new Promise<void>((resolve) => (this.settle = resolve));
  private refusal: Verdict | undefined;

  /** The registry knows the login, whatever it may see. */
  prove(): void {
    this.isSettled = true;
    this.settle();
  }

  /** Says nothing against a login that was good for another image. */
  refuse(verdict: Verdict): void {
    if (!this.isSettled) this.refusal = verdict;
    this.prove();
  }

  /** @throws Stopped where the login was refused */
  check(): void {
    if (this.refusal !== undefined) throw new Stopped(this.refusal);
  }
}
