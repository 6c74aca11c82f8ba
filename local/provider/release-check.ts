import { randomBytes } from "node:crypto";
import * as os from "node:os";

import { Helm } from "./helm";
import { chartReference, showChart } from "./helm-chart";
import { hasUnknown, stripAll, textAt, type JsonObject, type Properties } from "./property-values";
import { decodeRelease, inputsOf, withDefaults, withNulls, type Release } from "./release-values";
import { withSecretsOf, withUnknownsOf } from "./secrets";
import type { Session } from "./session";
import { parseUrn } from "./urn";

export interface CheckedRelease {
  readonly inputs: Properties;
  /** Why the chart cannot be used. */
  readonly problem?: string;
}

/** Completes a release's inputs, and looks its chart up: the version in them is the one that was found. */
export async function checkRelease(
  session: Session,
  urn: string,
  olds: Properties,
  news: Properties,
): Promise<CheckedRelease> {
  const given = withName(stripAll(news), stripAll(olds), urn);
  const completed = withDefaults(given, session.defaultNamespace, session.env.HOME ?? os.homedir());
  const release = decodeRelease(withNulls(completed));
  if (release.allowNullValues === true) {
    session.about(urn).warn("allowNullValues has no effect: nulls in values are kept anyway");
  }
  let problem: string | undefined;
  if (!hasUnknown(news)) {
    try {
      release.version = await chartVersion(session, release);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      problem = `${message}; check the chart's name and its repository`;
    }
  }
  return { inputs: withSecretsOf(news, withUnknownsOf(news, inputsOf(release))), problem };
}

function withName(inputs: JsonObject, oldInputs: JsonObject, urn: string): JsonObject {
  if (inputs.name !== undefined && inputs.name !== "") return inputs;
  const old = inputs.name === undefined ? textAt(oldInputs, "name") : "";
  return { ...inputs, name: old || `${parseUrn(urn).name}-${randomBytes(4).toString("hex")}` };
}

const chartVersion = (session: Session, release: Release): Promise<string> =>
  Helm.with(session, async (helm) => {
    const reference = await chartReference(helm, release, session.folder);
    return textAt(await showChart(helm, reference), "version");
  });
