import type { Reply } from "../../../support/fake-registry";
import { bearerRegistry, errorReply, jwt, manifest, markerToken, tokenReply, type VerdictCase } from "./probing";

/** With the same challenge as before, and an error. */
const refusing = (challenge: string, error: string): Reply => ({
  status: 401,
  headers: { "www-authenticate": `${challenge},error="${error}"` },
});
const noAccess = (subject: string) =>
  bearerRegistry(
    () => tokenReply(jwt({ sub: subject, access: [] })),
    (_url, challenge) => refusing(challenge, "insufficient_scope"),
  );
const tokenDenied = (reply: Reply) =>
  bearerRegistry(
    () => reply,
    () => manifest,
  );
const registry = { from: "registry" };
const service = { from: "token service" };

/** Registries with a token service. */
export const bearerCases: Readonly<Record<string, VerdictCase>> = {
  "Bearer: accepted": [
    bearerRegistry(
      () => tokenReply(markerToken),
      () => manifest,
    ),
    { kind: "accepted", credential: "used" },
  ],
  "Bearer: access_token": [
    bearerRegistry(
      () => ({ status: 200, body: JSON.stringify({ access_token: markerToken }) }),
      () => manifest,
    ),
    { kind: "accepted", credential: "used" },
  ],
  "Bearer: accepted without login": [
    bearerRegistry(
      () => tokenReply(jwt({ sub: "" })),
      () => manifest,
    ),
    { kind: "accepted", credential: "none" },
    null,
  ],
  "Bearer: a token for nobody in return for a login": [
    bearerRegistry(
      () => tokenReply(jwt({ sub: "" })),
      () => manifest,
    ),
    { kind: "accepted", credential: "unneeded" },
  ],
  "Bearer: wrong password": [
    tokenDenied({ status: 401, body: '{"details":"incorrect username or password"}' }),
    { kind: "wrong-credential", status: 401, ...service, said: "incorrect username or password" },
  ],
  "Bearer: the token service refuses with 403": [
    tokenDenied(errorReply(403, "DENIED", "denied")),
    { kind: "no-right", status: 403, ...service, said: "DENIED: denied" },
  ],
  "Bearer: a token service that knows addresses": [
    tokenDenied(errorReply(403, "DENIED", "the `team` organization has an IP allow list enabled")),
    {
      kind: "failing",
      status: 403,
      ...service,
      said: "DENIED: the `team` organization has an IP allow list enabled",
      detail: "lets nobody in from this machine's address",
    },
  ],
  "Bearer: the token service refuses nobody with 403": [
    tokenDenied(errorReply(403, "DENIED", "denied")),
    { kind: "login-needed", status: 403, ...service, said: "DENIED: denied" },
    null,
  ],
  "Bearer: the token lacks access": [
    noAccess("fleet-puller"),
    { kind: "no-right", status: 401, ...registry, said: "insufficient_scope" },
  ],
  "Bearer: the token lacks access, and names nobody": [
    noAccess(""),
    { kind: "wrong-credential", status: 401, ...registry, said: "insufficient_scope" },
  ],
  "Bearer: Harbor's token for nobody, without a subject": [
    bearerRegistry(
      () => tokenReply(jwt({ iss: "harbor-token-issuer", access: [] })),
      (_url, challenge) => refusing(challenge, "insufficient_scope"),
    ),
    { kind: "wrong-credential", status: 401, ...registry, said: "insufficient_scope" },
  ],
  "Bearer: another service's token without a subject": [
    bearerRegistry(
      () => tokenReply(jwt({ iss: "gitlab-issuer", access: [] })),
      (_url, challenge) => refusing(challenge, "insufficient_scope"),
    ),
    { kind: "no-right", status: 401, ...registry, said: "insufficient_scope" },
  ],
  "Bearer: no login, and no access": [
    noAccess(""),
    { kind: "login-needed", status: 401, ...registry, said: "insufficient_scope" },
    null,
  ],
  "Bearer: the registry does not take its own service's token": [
    bearerRegistry(
      () => tokenReply(markerToken),
      (_url, challenge) => refusing(challenge, "invalid_token"),
    ),
    {
      kind: "failing",
      status: 401,
      ...registry,
      detail: "does not take its token service's token",
      said: "invalid_token",
    },
  ],
  "Bearer: 404 at the token service says nothing of the image": [
    tokenDenied(errorReply(404, "NAME_UNKNOWN", "no")),
    { kind: "failing", status: 404, ...service, detail: "answers 404", said: "NAME_UNKNOWN: no" },
  ],
  "Bearer: an answer without a token": [
    tokenDenied({ status: 200, body: '{"expires_in":300}' }),
    { kind: "failing", status: 200, ...service, detail: "gives no token" },
  ],
  "Bearer: a token that is not one": [
    tokenDenied({ status: 200, body: '{"token":"with a space"}' }),
    { kind: "failing", status: 200, ...service, detail: "gives no token" },
  ],
  "Bearer: broken JSON": [
    tokenDenied({ status: 200, body: '{"token":' }),
    { kind: "failing", status: 200, ...service, detail: "gives no token" },
  ],
};
