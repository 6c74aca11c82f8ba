import type { Reply, Script } from "../../../support/fake-registry";
import { basicRegistry, errorReply, login, manifest, otherLogin, unauthorized, type VerdictCase } from "./probing";

const open: Script = () => manifest;
const webPage: Reply = { status: 403, headers: { "content-type": "text/html" }, body: "<h1>Blocked</h1>" };
const fromHere = "lets nobody in from this machine's address";
const azureFirewall =
  "client with IP '192.0.2.1' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.";
const registry = { from: "registry" };

/** Basic, no login asked for, and what is no registry. */
export const basicCases: Readonly<Record<string, VerdictCase>> = {
  "Basic: accepted": [basicRegistry(() => manifest), { kind: "accepted", credential: "used" }],
  "Basic: wrong password": [
    basicRegistry(() => manifest, otherLogin),
    { kind: "wrong-credential", status: 401, ...registry, said: "UNAUTHORIZED: authentication required" },
  ],
  "Basic: the password is right, the repository is refused with 401": [
    basicRegistry(() => unauthorized),
    { kind: "no-right", status: 401, ...registry },
  ],
  "Basic: refused with 403, with the words of the body": [
    basicRegistry(() => errorReply(403, "DENIED", "Your authorization token has expired.")),
    { kind: "no-right", status: 403, ...registry, said: "DENIED: Your authorization token has expired." },
  ],
  "Basic: no login": [basicRegistry(() => manifest), { kind: "login-needed", status: 401, ...registry }, null],
  "Basic: an empty password is no login, as containerd has it": [
    basicRegistry(() => manifest),
    { kind: "login-needed", status: 401, ...registry },
    { ...login, password: "" },
  ],
  "Basic: no such repository": [
    basicRegistry(() => errorReply(404, "NAME_UNKNOWN", "repository name not known to registry")),
    {
      kind: "no-such-image",
      status: 404,
      missing: "repository",
      ...registry,
      said: "NAME_UNKNOWN: repository name not known to registry",
    },
  ],
  "Basic: no such manifest": [
    basicRegistry(() => errorReply(404, "MANIFEST_UNKNOWN", "manifest unknown")),
    {
      kind: "no-such-image",
      status: 404,
      missing: "manifest",
      ...registry,
      said: "MANIFEST_UNKNOWN: manifest unknown",
    },
  ],
  "Basic: 404 without words": [
    basicRegistry(() => ({ status: 404 })),
    { kind: "no-such-image", status: 404, ...registry },
  ],
  "Basic: a login that only some repositories ask for": [
    ({ url, headers }) =>
      url === "/v2/" || headers.authorization !== undefined ? { ...manifest, body: "" } : unauthorized,
    { kind: "accepted", credential: "used" },
  ],
  "Basic: wrong for a registry whose root asks for none": [
    ({ url }) => (url === "/v2/" ? { status: 200, body: "{}" } : { ...unauthorized, body: "" }),
    { kind: "wrong-credential", status: 401, ...registry },
  ],

  "no login is asked for": [open, { kind: "accepted", credential: "unneeded" }],
  "no login is asked for, none is given": [open, { kind: "accepted", credential: "none" }, null],
  "a web page for everything": [
    () => ({ status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: "<h1>Log in</h1>" }),
    { kind: "failing", status: 200, ...registry, detail: "answers with a web page" },
  ],
  "a firewall's page says nothing of the login": [
    () => webPage,
    { kind: "failing", status: 403, ...registry, detail: "answers 403 with a web page" },
  ],
  "a firewall's page in front of a registry says nothing of the login": [
    basicRegistry(() => webPage),
    { kind: "failing", status: 403, ...registry, detail: "answers 403 with a web page" },
  ],
  "the registry's own firewall says nothing of the login": [
    () => errorReply(403, "DENIED", azureFirewall),
    { kind: "failing", status: 403, ...registry, said: `DENIED: ${azureFirewall}`, detail: fromHere },
  ],
  "the same, where it is asked for the login first": [
    basicRegistry(() => errorReply(403, "DENIED", azureFirewall)),
    { kind: "failing", status: 403, ...registry, said: `DENIED: ${azureFirewall}`, detail: fromHere },
  ],
  "404 from what is no registry says nothing of the image": [
    () => ({ status: 404 }),
    { kind: "failing", status: 404, ...registry, detail: "answers 404" },
  ],
  "404 from a web site says nothing of the image": [
    ({ url }) => (url === "/v2/" ? { ...webPage, status: 200 } : { status: 404 }),
    { kind: "failing", status: 404, ...registry, detail: "answers 404" },
  ],
  "401 without a challenge": [
    () => ({ status: 401 }),
    {
      kind: "failing",
      status: 401,
      ...registry,
      detail: "answers 401, and offers neither Basic nor a token service over HTTPS",
    },
  ],
  "a token service that is not HTTPS gets no password": [
    () => ({ status: 401, headers: { "www-authenticate": 'Bearer realm="http://auth.example.com/token"' } }),
    {
      kind: "failing",
      status: 401,
      ...registry,
      detail: "answers 401, and offers neither Basic nor a token service over HTTPS",
    },
  ],
  "another status": [
    basicRegistry(() => ({ status: 418 })),
    { kind: "failing", status: 418, ...registry, detail: "answers 418" },
  ],
};
