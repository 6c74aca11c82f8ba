import { ensureObject } from "./api";
import type { Places } from "./places";
import type { Servers } from "./servers";

/** What a distribution adds to a bare API server: CoreDNS's rights and a default StorageClass. */
export async function addDefaults(places: Places, servers: Servers, provisioner: string): Promise<void> {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const name = "system:coredns";
  const verbs = ["list", "watch"];
  await ensureObject(places, servers, `${rbac}/clusterroles`, {
    metadata: { name },
    rules: [
      { apiGroups: [""], resources: ["services", "namespaces", "pods"], verbs },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs },
    ],
  });
  await ensureObject(places, servers, `${rbac}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name }],
  });
  await ensureObject(places, servers, "/apis/storage.k8s.io/v1/storageclasses", {
    metadata: { name: "local", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner,
    reclaimPolicy: "Delete",
    volumeBindingMode: "Immediate",
  });
}
