import { DiffResponse, type DiffRequest } from "@pulumi/pulumi/proto/provider_pb";

import { resolveKubeconfig } from "./kubeconfig";
import { equal, fromStruct, strip, Unknown, type Properties } from "./property-values";

const choosing = ["kubeconfig", "context", "cluster"];

/** Another cluster in the provider's configuration means that everything in it is made anew. */
export function diffConfig(request: DiffRequest): DiffResponse {
  const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const isSame = (key: string) => equal(strip(olds[key] ?? null), strip(news[key] ?? null));
  const changed = keys.filter((key) => !isSame(key));
  if (changed.length === 0) return new DiffResponse().setChanges(DiffResponse.DiffChanges.DIFF_NONE);

  const response = new DiffResponse().setChanges(DiffResponse.DiffChanges.DIFF_SOME);
  const open = choosing.find((key) => strip(news[key] ?? null) instanceof Unknown);
  if (open !== undefined) return response.setDiffsList([open]).setReplacesList([open]);
  const [before, after] = [serverOf(olds), serverOf(news)];
  const isElsewhere = before !== undefined && after !== undefined && before !== after;
  return response
    .setDiffsList(changed)
    .setReplacesList(isElsewhere ? changed.filter((key) => choosing.includes(key)) : []);
}

/** The cluster that a configuration with a kubeconfig of its own names. */
function serverOf(config: Properties): string | undefined {
  const text = (key: string) => {
    const value = strip(config[key] ?? null);
    return typeof value === "string" ? value : undefined;
  };
  const kubeconfig = text("kubeconfig");
  if (kubeconfig === undefined) return undefined;
  const chosen = { context: text("context"), cluster: text("cluster") };
  try {
    return resolveKubeconfig({ kubeconfig, ...chosen, env: {}, folder: process.cwd() }).server;
  } catch {
    return undefined;
  }
}
