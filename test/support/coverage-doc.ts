import * as path from "node:path";
import * as yaml from "yaml";
import { findHelm, findKubectl } from "../../local/toolchain/kubernetes-clients";
import { explainStack, type StackCoverage } from "../../commands/explain/explain-stack";
import { report } from "../../commands/explain/report";
import { checkout } from "../../local/support/paths";
import { UserError } from "../../components/user-error";
import { emptyCluster, explainConfig, smallStack } from "./explain";

export const coverageDoc = path.join(checkout, "docs", "coverage.md");

/** A section of the document that shows what `make explain` prints. */
export interface Example {
  readonly title: string;
  /** What the document says that is printed. */
  readonly output: string;
  /** Runs what the section describes. */
  readonly run: () => Promise<string>;
}

const fence = /^```(\S*) ?(.*)\n([^]*?)^```$/gm;

/**
 * The sections with an `output` block. What they describe is in their other blocks: `yaml stack` (keys of the stack's file
 * over those of a small stack), `json secret NAME` or `json secret NAMESPACE/NAME` (a docker config), `yaml manifest` (an
 * object that the chart brings).
 */
export function examplesIn(text: string): readonly Example[] {
  return text.split(/^(?=##)/m).flatMap((section): Example[] => {
    const blocks = [...section.matchAll(fence)].map(([, , info = "", content = ""]) => ({ info, content }));
    const output = blocks.find(({ info }) => info === "output")?.content;
    const title = /^#+ (.*)/.exec(section)?.[1] ?? "";
    if (output === undefined) return [];
    const of = (kind: string) => blocks.filter(({ info }) => info.split(" ")[0] === kind);
    const config = of("stack").map(({ content }) => yaml.parse(content) as Record<string, unknown>);
    const manifests = [
      ...of("manifest").map(({ content }) => yaml.parse(content) as unknown),
      ...of("secret").map(({ info, content }) => secretManifest(info.slice("secret ".length), content)),
    ];
    const coverage =
      config.length === 0
        ? runDev
        : () => explainConfig(withManifests(Object.assign({}, ...config) as Record<string, unknown>, manifests));
    return [{ title, output, run: () => print(coverage) }];
  });
}

/** The same document with other outputs, by title. */
export function replaceOutputs(text: string, outputs: ReadonlyMap<string, string>): string {
  return text
    .split(/^(?=##)/m)
    .map((section) => {
      const output = outputs.get(/^#+ (.*)/.exec(section)?.[1] ?? "");
      return output === undefined
        ? section
        : section.replace(/^```text output\n[^]*?^```$/m, () => `\`\`\`text output\n${output}\`\`\``);
    })
    .join("");
}

const runDev = () => explainStack({ findHelm, findKubectl }, { stack: "dev", cluster: emptyCluster });

async function print(coverage: () => Promise<StackCoverage>): Promise<string> {
  try {
    return report(await coverage());
  } catch (error) {
    if (error instanceof UserError) return `${error.message}\n`;
    throw error;
  }
}

function secretManifest(name: string, content: string): unknown {
  const [own = "", namespace] = name.split("/").reverse();
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: own, ...(namespace !== undefined && { namespace }) },
    type: "kubernetes.io/dockerconfigjson",
    stringData: { ".dockerconfigjson": content },
  };
}

function withManifests(config: Record<string, unknown>, manifests: readonly unknown[]): Record<string, unknown> {
  const values = (config["fleet:values"] ?? {}) as Record<string, unknown>;
  return { ...smallStack, ...config, "fleet:values": { ...values, manifests } };
}
