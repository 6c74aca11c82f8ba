import type { FleetArgs } from "../components/fleet-args";
import { checkAnnotations } from "../components/fleet-pods";
import { isPort } from "../registry/port";
import type { ConfigReader } from "./reader";

/** The host name, without which no URL can be made. */
export function readHostName(reader: ConfigReader): string | undefined {
  const hostName = reader.text("hostName");
  if (hostName !== undefined && !/^[^\s/:@]+(:\d+)?$/.test(hostName)) {
    reader.refuse(
      "hostName",
      "malformed",
      "is not a host name",
      "write it without scheme and path, for example fleet.example.com",
    );
  } else if (hostName !== undefined && !isPort(/:(\d+)$/.exec(hostName)?.[1] ?? "443")) {
    const fix = "correct it, for example fleet.example.com:8443, or leave it out";
    reader.refuse("hostName", "malformed", "has a port that is not from 1 to 65535", fix);
  }
  return hostName;
}

/** What the check's pod has besides Fleet's annotations. */
export function readPullCheckAnnotations(reader: ConfigReader): FleetArgs["pullCheckAnnotations"] {
  const annotations = reader.map("pullCheckAnnotations") ?? {};
  for (const issue of checkAnnotations(annotations, "pullCheckAnnotations")) reader.refuseFor(issue.place ?? "", issue);
  return annotations as Record<string, string>; // checked above
}

/**
 * Seconds: Fleet itself ends `fleet vuln_processing` after an hour (its flag `lock_duration`, fleetdm/fleet `cmd/fleet/vuln_process.go`),
 * and the chart does not say otherwise; half an hour more is for a node that has to be started and for the pull.
 */
export const runDeadline = 5400;

/** As Kubernetes takes it; what stands in the fields, the API server says. */
const isSchedule = (text: string): boolean =>
  text.split(/\s+/).length === 5 || /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(text);

/** The CronJob of its own, as in the chart. */
export function readVulnProcessing(reader: ConfigReader): FleetArgs["vulnProcessing"] {
  const { dedicated, schedule, deadlineSeconds = runDeadline, ...others } = reader.map("vulnProcessing") ?? {};
  for (const name of Object.keys(others)) {
    reader.refuseUnknown(name, "vulnProcessing.", ["dedicated", "schedule", "deadlineSeconds"]);
  }
  const isDeadline = typeof deadlineSeconds === "number" && Number.isInteger(deadlineSeconds) && deadlineSeconds >= 0;
  if (!isDeadline) {
    reader.refuse(
      "vulnProcessing.deadlineSeconds",
      "malformed",
      "is not a number of seconds",
      `write it without quotes, for example ${runDeadline}, or 0 for none`,
    );
  }
  if (dedicated !== undefined && typeof dedicated !== "boolean") {
    reader.refuse("vulnProcessing.dedicated", "malformed", "is not true or false", "write it without quotes");
  }
  if (schedule !== undefined && (typeof schedule !== "string" || !isSchedule(schedule.trim()))) {
    reader.refuse(
      "vulnProcessing.schedule",
      "malformed",
      "is not a cron schedule",
      'write five fields in quotes, for example "0 * * * *"',
    );
  }
  if (dedicated === undefined && schedule === undefined) return undefined;
  return {
    dedicated: dedicated === true,
    ...(typeof schedule === "string" && { schedule }),
    ...(dedicated === true && isDeadline && deadlineSeconds > 0 && { deadlineSeconds }),
  };
}
