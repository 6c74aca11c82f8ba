import * as pulumi from "@pulumi/pulumi";
import { chartKind, fleetChart } from "../components/chart";
import { lookUpCredentials } from "../registry/keyring";
import { isIssue } from "../registry/issue";
import { SecretText } from "../registry/secret-text";
import { hasUserInfo } from "../registry/user-info";
import type { ReadChart } from "./chart";
import type { ConfigReader } from "./reader";
import type { RegistryLogin } from "./registries";

/** The account of the stack that a chart is pulled with. */
interface ChartLogin {
  readonly username: string;
  readonly password: SecretText;
  /** What gives it a new password, as an order. */
  readonly renewal: string;
}

/** A chart in an OCI registry, for questions at that registry; never an input of a resource. */
export interface ChartInRegistry {
  /** `registry.example.com/charts/fleet:7.0.2`: charts are kept as images are. */
  readonly reference: string;
  /** Of `registries`, or none of those. */
  readonly login?: RegistryLogin | ChartLogin;
}

/** Refuses an address with a login in it: it would stand in the state, in previews and in logs. */
export function refuseUserInfo(reader: ConfigReader, key: "chart" | "chartRepository"): void {
  if (!hasUserInfo(reader.text(key) ?? "")) return;
  reader.refuse(
    key,
    "not-encrypted",
    "has a login in its address, which anyone can read",
    "remove it, set a new one with pulumi config set --secret chartPassword, and its name with pulumi config set chartUsername",
  );
}

/** The chart's arguments with its login. */
export interface ChartWithLogin extends ReadChart {
  readonly chartUsername?: pulumi.Output<string>;
  readonly chartPassword?: pulumi.Output<string>;
}

/**
 * The chart with what it is pulled with: `chartUsername` and `chartPassword`; else, for a chart in an OCI registry, the credential of
 * `registries` that the kubelet would try first for an image of that name.
 */
export function withLogin(
  reader: ConfigReader,
  chart: ReadChart,
  registries: readonly RegistryLogin[],
): { readonly chart: ChartWithLogin; readonly inRegistry?: ChartInRegistry } {
  const kind = chartKind(chart.chart);
  const own = readOwnLogin(reader, kind);
  if (kind === "local") return { chart };
  if (kind === "repository") return { chart: { ...chart, ...secretLogin(own) } };
  const reference = chartReference(chart.chart, chart.chartVersion ?? fleetChart.version);
  const login = own ?? findLogin(reference, registries);
  return { chart: { ...chart, ...secretLogin(login) }, inRegistry: { reference, ...(login && { login }) } };
}

/** A chart in an OCI registry as an image reference. A tag cannot have a "+"; Helm writes it so. */
export const chartReference = (chart: string, version: string): string =>
  `${chart.replace("oci://", "")}:${version.replaceAll("+", "_")}`;

function secretLogin(login: ChartLogin | undefined) {
  if (login === undefined) return {};
  return { chartUsername: pulumi.secret(login.username), chartPassword: pulumi.secret(login.password.reveal()) };
}

function readOwnLogin(reader: ConfigReader, kind: ReturnType<typeof chartKind>) {
  const username = reader.text("chartUsername");
  const password = reader.secret("chartPassword");
  if (username === undefined && password === undefined) return undefined;
  if (kind === "local") {
    const key = username === undefined ? "chartPassword" : "chartUsername";
    reader.refuse(
      key,
      "conflict",
      "is set, but chart is on this machine",
      "remove it, or name a chart in a repository",
    );
    return undefined;
  }
  if (username === undefined) {
    reader.refuse("chartUsername", "conflict", "is not set, but chartPassword is", "set the name of that account");
  } else if (password === undefined) {
    const fix = "set it: pulumi config set --secret chartPassword";
    reader.refuse("chartPassword", "conflict", "is not set, but chartUsername is", fix);
  } else {
    const renewal = "set a new password with pulumi config set --secret chartPassword";
    return { username, password: new SecretText(password), renewal };
  }
  return undefined;
}

function findLogin(reference: string, registries: readonly RegistryLogin[]): RegistryLogin | undefined {
  const secrets = registries.map((login) => ({
    name: login.slug,
    config: { kind: "entries", entries: [login] } as const,
  }));
  const lookup = lookUpCredentials(reference, secrets);
  return isIssue(lookup) ? undefined : lookup.candidates[0]?.entry;
}
