import * as path from "node:path";

import type { ClusterTools } from "../toolchain";
import type { Component } from "./component";
import { kubeconfigOf } from "./kubeconfig";
import { podCidr, serviceCidr, type Places } from "./places";
import { pkiFile } from "./pki";
import type { Servers } from "./servers";

const etcdUrl = ({ etcd }: Servers) => `https://127.0.0.1:${etcd}`;

export function etcd(places: Places, tools: ClusterTools, servers: Servers): Component {
  const clientUrl = etcdUrl(servers);
  const peerUrl = `https://127.0.0.1:${servers.etcdPeer}`;
  const file = (name: string) => pkiFile(places, name);
  return {
    name: "etcd",
    command: tools.etcd,
    // A crash of the whole machine may cost this cluster its data; waiting for the disk at each write costs every test.
    args: flags({
      "data-dir": places.etcd,
      "cert-file": file("etcd.crt"),
      "key-file": file("etcd.key"),
      "trusted-ca-file": file("ca.crt"),
      "client-cert-auth": true,
      "peer-cert-file": file("etcd.crt"),
      "peer-key-file": file("etcd.key"),
      "peer-trusted-ca-file": file("ca.crt"),
      "peer-client-cert-auth": true,
      "listen-client-urls": clientUrl,
      "advertise-client-urls": clientUrl,
      "listen-peer-urls": peerUrl,
      "initial-advertise-peer-urls": peerUrl,
      "initial-cluster": `default=${peerUrl}`,
      "unsafe-no-fsync": true,
    }),
  };
}

export function kubeApiserver(places: Places, tools: ClusterTools, servers: Servers): Component {
  const file = (name: string) => pkiFile(places, name);
  return {
    name: "kube-apiserver",
    command: tools.kubeApiserver,
    args: flags({
      "etcd-servers": etcdUrl(servers),
      "etcd-cafile": file("ca.crt"),
      "etcd-certfile": file("etcd.crt"),
      "etcd-keyfile": file("etcd.key"),
      "bind-address": servers.address,
      "advertise-address": servers.address,
      "secure-port": servers.api,
      // The object `endpoints/kubernetes` takes no address of a loopback.
      ...(servers.address.startsWith("127.") && { "endpoint-reconciler-type": "none" }),
      "tls-cert-file": file("kube-apiserver.crt"),
      "tls-private-key-file": file("kube-apiserver.key"),
      "token-auth-file": file("tokens.csv"),
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins": "NodeRestriction",
      "allow-privileged": true,
      "service-cluster-ip-range": serviceCidr,
      "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
      "service-account-key-file": file("service-account.key"),
      "service-account-signing-key-file": file("service-account.key"),
      "kubelet-client-certificate": file("kubelet-client.crt"),
      "kubelet-client-key": file("kubelet-client.key"),
      "kubelet-certificate-authority": file("ca.crt"),
      "kubelet-preferred-address-types": "InternalIP",
      profiling: false,
    }),
  };
}

export function kubeControllerManager(places: Places, tools: ClusterTools): Component {
  return {
    name: "kube-controller-manager",
    command: tools.kubeControllerManager,
    args: flags({
      kubeconfig: kubeconfigOf(places, "kube-controller-manager"),
      // No server of its own: nobody asks it.
      "secure-port": 0,
      "leader-elect": false,
      "use-service-account-credentials": true,
      "service-account-private-key-file": pkiFile(places, "service-account.key"),
      "root-ca-file": pkiFile(places, "ca.crt"),
      "cluster-cidr": podCidr,
      "service-cluster-ip-range": serviceCidr,
      "allocate-node-cidrs": false,
      // It keeps volumes in /tmp/hostpath_pv, which is a folder of a real node's own.
      "enable-hostpath-provisioner": tools.kind === "real",
      "flex-volume-plugin-dir": path.join(places.folder, "volume-plugins"),
      "kube-api-qps": 200,
      "kube-api-burst": 400,
      profiling: false,
    }),
  };
}

export function kubeScheduler(places: Places, tools: ClusterTools): Component {
  return {
    name: "kube-scheduler",
    command: tools.kubeScheduler,
    args: flags({
      kubeconfig: kubeconfigOf(places, "kube-scheduler"),
      "secure-port": 0,
      "leader-elect": false,
      profiling: false,
    }),
  };
}

function flags(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
