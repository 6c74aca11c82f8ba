import * as fs from "node:fs";
import * as Mocha from "mocha";

/** Mocha's own `spec` output, and the totals and what failed as JSON in the file that `MOCHA_TOTALS` names. */
class TotalsReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const failed: string[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error: { message: string }) => {
      // No instance of Error where it comes from a process of `--parallel`.
      failed.push(`${test.fullTitle()}: ${error.message}`);
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
