import * as fs from "node:fs";
import * as Mocha from "mocha";

/** Mocha's own `spec` output, and the totals and what failed as JSON in the file that `MOCHA_TOTALS` names. */
class TotalsReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const failed: string[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error: unknown) => {
      failed.push(`${test.fullTitle()}: ${error instanceof Error ? error.message : String(error)}`);
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const file = process.env.MOCHA_TOTALS;
      if (file !== undefined)
        fs.writeFileSync(
          file,
          JSON.stringify({ passed: passes, failed: failures, skipped: pending, failures: failed }),
        );
    });
  }
}

export = TotalsReporter;
