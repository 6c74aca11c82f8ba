import { errorReply } from "./probing";
import {
  bearer,
  isGood,
  json,
  mayPush,
  noRight,
  opaque,
  readable,
  type RegistryKind,
  unauthorized,
  wrongPassword,
} from "./registry-kind";

/** Those that somebody runs for all. */
export const hostedRegistries: Readonly<Record<string, RegistryKind>> = {
  "Docker Hub": {
    key: "docker.io",
    username: "myorg",
    repository: "myorg/fleet",
    challenge: bearer("/token", "registry.docker.io"),
    tokenPath: "/token",
    token: (credential, ...asked) =>
      isGood(credential)
        ? readable(credential, ...asked)
        : json(401, {
            details: credential === "wrong" ? "incorrect username or password" : "personal access token is expired",
          }),
    refusal: () => unauthorized,
    says: {
      wrong: wrongPassword("401: incorrect username or password"),
      expired: wrongPassword("401: personal access token is expired"),
      wide: mayPush,
    },
    sources: [
      "https://github.com/distribution/distribution/issues/1203", // challenge, readable token
      "https://github.com/getwud/wud/issues/182", // wrong
      "https://github.com/sailor-sh/CK-X/issues/60", // expired
    ],
  },
  "GitHub (GHCR)": {
    key: "ghcr.io",
    username: "octocat",
    repository: "myorg/fleet",
    challenge: bearer("/token", "ghcr.io"),
    tokenPath: "/token",
    token: (credential) => (isGood(credential) ? opaque(credential) : errorReply(403, "DENIED", "denied")),
    refusal: () => unauthorized,
    says: { wrong: noRight("403: DENIED: denied"), expired: noRight("403: DENIED: denied") },
    sources: [
      "https://github.com/sigstore/scaffolding/issues/127", // wrong
      "https://github.com/akuity/kargo/pull/778", // expired
    ],
  },
  GitLab: {
    key: "registry.gitlab.com",
    username: "gitlab+deploy-token-1",
    repository: "group/project/fleet",
    challenge: bearer("/jwt/auth", "container_registry"),
    tokenPath: "/jwt/auth",
    token: (credential, ...asked) =>
      isGood(credential)
        ? readable(credential, ...asked)
        : errorReply(401, "UNAUTHORIZED", "HTTP Basic: Access denied"),
    refusal: () => unauthorized,
    says: {
      wrong: wrongPassword("401: UNAUTHORIZED: HTTP Basic: Access denied"),
      expired: wrongPassword("401: UNAUTHORIZED: HTTP Basic: Access denied"),
      wide: mayPush,
    },
    sources: [
      "https://github.com/getwud/wud/issues/600", // realm and service
      "https://github.com/swarmpit/swarmpit/issues/657", // wrong
      "https://docs.gitlab.com/user/profile/account/two_factor_authentication_troubleshooting/", // expired too
    ],
  },
  Quay: {
    key: "quay.io",
    username: "myorg+puller",
    repository: "myorg/fleet",
    challenge: bearer("/v2/auth", "quay.io"),
    tokenPath: "/v2/auth",
    token: (credential, ...asked) =>
      isGood(credential)
        ? readable(credential, ...asked)
        : errorReply(401, "UNAUTHORIZED", "Specified credentials are invalid"),
    refusal: () => unauthorized,
    says: { wrong: wrongPassword("401: UNAUTHORIZED: Specified credentials are invalid"), wide: mayPush },
    sources: [
      "https://github.com/quay/quay/blob/master/endpoints/v2/v2auth.py",
      "https://github.com/quay/quay/blob/master/endpoints/v2/errors.py",
    ],
  },
  "Amazon ECR": {
    key: "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
    username: "AWS",
    repository: "fleet",
    challenge: (host) => `Basic realm="https://${host}/",service="ecr.amazonaws.com"`,
    refusal: (credential) =>
      credential === "expired"
        ? errorReply(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.")
        : { status: 401, headers: { "content-type": "text/plain; charset=utf-8" }, body: "Not Authorized\n" },
    says: {
      wrong: wrongPassword("401: Not Authorized"),
      expired: noRight("403: DENIED: Your authorization token has expired. Reauthenticate and try again."),
    },
    sources: [
      "https://github.com/NVIDIA/enroot/issues/59", // challenge, wrong
      "https://github.com/awslabs/amazon-ecr-credential-helper/issues/7", // expired: 403
      "https://github.com/fluxcd/image-reflector-controller/issues/71", // expired: words
    ],
  },
  "Amazon ECR Public": {
    key: "public.ecr.aws",
    username: "AWS",
    repository: "myalias/fleet",
    challenge: bearer("/token/", "public.ecr.aws", () => "aws"),
    tokenPath: "/token/",
    token: (credential) =>
      isGood(credential)
        ? opaque(credential)
        : errorReply(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again."),
    scopes: () => ["aws"],
    refusal: () => unauthorized,
    says: { expired: noRight("403: DENIED: Your authorization token has expired. Reauthenticate and try again.") },
    sources: [
      "https://github.com/oras-project/oras-dotnet/issues/395", // challenge
      "https://github.com/awslabs/eksdemo/pull/68", // expired: 403
      "https://github.com/aws-samples/eks-workshop/issues/1544", // expired: words
    ],
  },
  "Google Artifact Registry": {
    key: "europe-docker.pkg.dev",
    username: "_json_key",
    repository: "my-project/docker/fleet",
    challenge: bearer("/v2/token", "europe-docker.pkg.dev"),
    tokenPath: "/v2/token",
    token: (credential) =>
      isGood(credential) ? opaque(credential) : errorReply(403, "DENIED", "Unauthenticated request."),
    refusal: () => unauthorized,
    says: { wrong: noRight("403: DENIED: Unauthenticated request.") },
    sources: [
      "https://github.com/GoogleCloudPlatform/aactl/issues/233", // wrong
      "https://github.com/docker/login-action/issues/606", // wrong: 403
    ],
  },
  "Azure (ACR)": {
    key: "myregistry.azurecr.io",
    username: "00001111-aaaa-2222-bbbb-3333cccc4444",
    repository: "fleet",
    challenge: bearer("/oauth2/token", "myregistry.azurecr.io"),
    tokenPath: "/oauth2/token",
    token: (credential, ...asked) => (isGood(credential) ? readable(credential, ...asked) : unauthorized),
    refusal: () => unauthorized,
    says: { wrong: wrongPassword("401: UNAUTHORIZED: authentication required"), wide: mayPush },
    sources: [
      "https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md", // challenge, readable token
      "https://github.com/MicrosoftDocs/azure-docs/issues/17220", // wrong
    ],
  },
  DigitalOcean: {
    key: "registry.digitalocean.com",
    username: "the token itself",
    repository: "myregistry/fleet",
    challenge: bearer("/v2/registry/auth", "registry.digitalocean.com"),
    tokenPath: "/v2/registry/auth",
    token: (credential) =>
      isGood(credential)
        ? opaque(credential)
        : json(401, { id: "Unauthorized", message: "Unable to authenticate you" }),
    refusal: () => unauthorized,
    says: { wrong: wrongPassword("401: Unable to authenticate you") },
    sources: [
      "https://github.com/basecamp/kamal/pull/91", // username and password
      "https://docs.digitalocean.com/reference/api/", // wrong
    ],
  },
};
