import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";

import { run } from "../../commands/process";
import { apiServiceAddress, type Places } from "./places";
import { writeWhole } from "./state";

/** Users of the API server, with their groups. They log in with a random token. */
export const users = {
  admin: ["fleet-local-admin", "system:masters"],
  "kube-controller-manager": ["system:kube-controller-manager"],
  "kube-scheduler": ["system:kube-scheduler"],
  "kube-proxy": ["system:kube-proxy"],
  kubelet: ["system:node:fleet-local", "system:nodes"],
  coredns: ["system:coredns"],
  // It stands for a kubelet, and for what provides volumes.
  kwok: ["kwok", "system:masters"],
} as const;
export type User = keyof typeof users;

/** Makes the certificate authority, the certificates, keys and tokens of a cluster, once. */
export async function ensurePki(places: Places, address: string): Promise<void> {
  if (existsSync(places.pki)) return;
  const folder = `${places.pki}.unfinished`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await run("openssl", ["genpkey", "-quiet", "-algorithm", "RSA", "-out", path.join(folder, "service-account.key")]);
  await certificateAuthority(folder, "/CN=fleet-local");
  const service = [
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
  ];
  const names = [...service, "localhost"].map((name) => `DNS:${name}`);
  const addresses = [address, "127.0.0.1", apiServiceAddress].map((ip) => `IP:${ip}`);
  await Promise.all([
    certificate(folder, "kube-apiserver", "/CN=kube-apiserver", [
      ...server,
      `subjectAltName=${[...names, ...addresses].join()}`,
    ]),
    certificate(folder, "registry", "/CN=registry", [...server, `subjectAltName=IP:${address}`]),
    certificate(folder, "kubelet", "/CN=fleet-local", [...server, `subjectAltName=DNS:fleet-local,IP:${address}`]),
    certificate(folder, "kubelet-client", "/O=system:masters/CN=kube-apiserver", client),
    // Of etcd, and of who asks it: on the loopback of a machine, any of its users could.
    certificate(folder, "etcd", "/CN=etcd", [
      ...leaf,
      "extendedKeyUsage=serverAuth,clientAuth",
      "subjectAltName=IP:127.0.0.1",
    ]),
  ]);
  const tokens = Object.entries(users).map(([user, [name, group]]) =>
    [randomBytes(24).toString("hex"), name, user, ...(group === undefined ? [] : [group])].join(),
  );
  writeWhole(path.join(folder, "tokens.csv"), `${tokens.join("\n")}\n`);
  renameSync(folder, places.pki);
}

const leaf = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature,keyEncipherment"];
/** Extensions of a certificate that a server shows. */
export const server = [...leaf, "extendedKeyUsage=serverAuth"];
/** Extensions of a certificate that a client shows. */
export const client = [...leaf, "extendedKeyUsage=clientAuth"];

/** An authority's `ca.key` and `ca.crt` in a folder. */
export function certificateAuthority(folder: string, subject: string): Promise<void> {
  // An empty configuration: the system's own would add extensions of an authority to every certificate.
  writeWhole(path.join(folder, "openssl.cnf"), "[req]\ndistinguished_name = none\n[none]\n");
  return certificate(folder, "ca", subject, [
    "basicConstraints=critical,CA:TRUE",
    "keyUsage=critical,keyCertSign,cRLSign",
  ]);
}

const curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

/** A key and a certificate in the folder; of the authority itself when `name` is "ca", signed by it otherwise. */
export async function certificate(
  folder: string,
  name: string,
  subject: string,
  extensions: readonly string[],
): Promise<void> {
  const file = (suffix: string) => path.join(folder, suffix);
  const signer = name === "ca" ? [] : ["-CA", file("ca.crt"), "-CAkey", file("ca.key")];
  const key = file(`${name}.key`);
  await run("openssl", ["genpkey", "-quiet", ...curve, "-out", key]);
  const extra = extensions.flatMap((extension) => ["-addext", extension]);
  const request = ["-new", "-x509", "-config", file("openssl.cnf"), "-key", key, "-subj", subject, "-days", "3650"];
  await run("openssl", ["req", ...request, ...signer, ...extra, "-out", file(`${name}.crt`)]);
}

export const pkiFile = (places: Places, name: string) => path.join(places.pki, name);

/** The bearer token of a user. */
export function tokenOf(places: Places, user: User): string {
  const lines = readFileSync(pkiFile(places, "tokens.csv"), "utf8").split("\n");
  const line = lines.map((text) => text.split(",")).find((fields) => fields[2] === user);
  if (line?.[0] === undefined) throw new Error(`The local cluster has no user ${user}.`);
  return line[0];
}
