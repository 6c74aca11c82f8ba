import { jwt } from "./probing";
import { bearer, isGood, json, mayPush, opaque, type RegistryKind, unauthorized, wrongPassword } from "./registry-kind";
import type { Credential } from "./registry-like";

const artifactory = {
  token: (credential: Credential) =>
    isGood(credential) ? opaque(credential) : json(401, { errors: [{ status: 401, message: "Bad credentials" }] }),
  refusal: () => unauthorized,
  username: "fleet-puller",
  says: { wrong: wrongPassword("401: Bad credentials") },
};

/** Those that one runs oneself. */
export const ownRegistries: Readonly<Record<string, RegistryKind>> = {
  Harbor: {
    key: "harbor.example.com",
    username: "robot$project+puller",
    repository: "project/fleet",
    challenge: bearer("/service/token", "harbor-registry"),
    tokenPath: "/service/token",
    // Every right of the account, whatever was asked for; to a wrong password a token for nobody, without a subject.
    token: (credential, name) => {
      const actions = credential === "wide" ? ["pull", "push"] : ["pull"];
      const access = [{ type: "repository", name, actions: isGood(credential) ? actions : [] }];
      return jwt({ iss: "harbor-token-issuer", ...(isGood(credential) && { sub: "robot$project+puller" }), access });
    },
    refusal: () => unauthorized,
    says: { wrong: wrongPassword("401"), expired: wrongPassword("401"), wide: mayPush },
    sources: [
      "https://github.com/goharbor/harbor/blob/main/src/core/service/token/creator.go",
      "https://github.com/containerd/containerd/issues/11103", // wrong
      "https://github.com/goharbor/harbor/issues/15605", // wrong
      "https://github.com/goharbor/harbor/blob/main/src/server/middleware/security/robot.go", // expired
    ],
  },
  "Artifactory, a host for each repository": {
    ...artifactory,
    key: "docker.artifactory.example.com",
    repository: "fleet",
    challenge: bearer("/artifactory/api/docker/docker/v2/token", "docker.artifactory.example.com"),
    tokenPath: "/artifactory/api/docker/docker/v2/token",
    scopes: (repository) => [`repository:${repository}:pull`],
    sources: [
      "https://github.com/containerd/containerd/issues/6339", // challenge
      "https://github.com/jenkins-infra/helpdesk/issues/3731", // wrong
    ],
  },
  "Artifactory, by path": {
    ...artifactory,
    key: "artifactory.example.com",
    repository: "docker/fleet",
    // The repository's first part is in the realm, and missing from the scope; the root is open, or knows another realm.
    challenge: bearer(
      "/artifactory/api/docker/docker/v2/token",
      "artifactory.example.com",
      (repository) => `repository:${repository.replace(/^[^/]*\//, "")}:pull`,
    ),
    root: () => ({ status: 200, body: "{}" }),
    tokenPath: "/artifactory/api/docker/docker/v2/token",
    scopes: (repository) => [`repository:${repository}:pull`],
    sources: [
      "https://github.com/earthly/earthly/issues/1017", // challenge
      "https://github.com/containerd/nerdctl/issues/4244", // root
      "https://github.com/jenkins-infra/helpdesk/issues/3731", // wrong
    ],
  },
  Nexus: {
    key: "nexus.example.com:8082",
    username: "fleet-puller",
    repository: "fleet",
    challenge: () => 'BASIC realm="Sonatype Nexus Repository Manager"',
    refusal: () => ({ status: 401 }),
    says: { wrong: wrongPassword("401") },
    sources: ["https://github.com/indigo-dc/udocker/pull/126", "https://github.com/sonatype/nexus-public/issues/270"],
  },
  "Gitea, Forgejo": {
    key: "git.example.com",
    username: "fleet-puller",
    repository: "myorg/fleet",
    challenge: (host) => [`Bearer realm="https://${host}/v2/token",service="container_registry",scope="*"`, "Basic"],
    tokenPath: "/v2/token",
    token: (credential) =>
      isGood(credential) ? opaque(credential) : json(401, { errors: [{ code: "UNAUTHORIZED" }] }),
    scopes: () => ["*"],
    refusal: () => unauthorized,
    says: { wrong: wrongPassword("401: UNAUTHORIZED") },
    sources: [
      "https://github.com/go-gitea/gitea/blob/main/routers/api/packages/container/container.go",
      "https://github.com/go-gitea/gitea/blob/main/tests/integration/api_packages_container_test.go",
    ],
  },
  distribution: {
    key: "registry.example.com",
    username: "fleet-puller",
    repository: "team/fleet",
    challenge: () => 'Basic realm="Registry Realm"',
    refusal: () => unauthorized,
    says: { wrong: wrongPassword("401: UNAUTHORIZED: authentication required") },
    sources: ["https://distribution.github.io/distribution/about/deploying/#native-basic-auth"],
  },
};
