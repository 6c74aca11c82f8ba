import assert from "node:assert/strict";
import { checkRegistryAccess, type PullCredential, type RegistryCheckArgs } from "../../../preflight";
import { issueText } from "../../../registry/issue";
import type { PullSecret } from "../../../registry/keyring";
import { testCertificate, type Reply, type Script } from "../../support/fake-registry";
import { leaks } from "../../support/leaks";
import {
  basicRegistry,
  closeAll,
  errorReply,
  granting,
  hidden,
  login,
  manifest,
  otherLogin,
  serve,
  unauthorized,
} from "../registry/client/probing";
import { SecretText } from "../../../registry/secret-text";

type Login = typeof login;

const secret = (name: string, server: string, { username, password }: Login = login): PullSecret<PullCredential> => ({
  name,
  config: {
    kind: "entries",
    entries: [
      { server, username, password: new SecretText(password), email: "", account: username, renewal: `renew ${name}` },
    ],
  },
});

/** What is found; no password is in it. */
async function check(
  args: RegistryCheckArgs,
  trusted: Pick<RegistryCheckArgs, "caCertificate"> = { caCertificate: testCertificate().ca },
) {
  const found = await checkRegistryAccess({ ...trusted, ...args });
  const places = new Map([["findings", JSON.stringify(found)]]);
  for (const { password } of [login, otherLogin]) assert.deepEqual(leaks(password, places), []);
  return { refusals: found.refusals.map(issueText), warnings: found.warnings.map(issueText) };
}

const nothing = { refusals: [], warnings: [] };
const later = "pulumi up will show whether the cluster can pull";
const anonymously = (image: string) =>
  `${image} is pulled anonymously, since no credential is for its registry; ` +
  "where it needs one, add the registry to fleet:registries";
const accepting = basicRegistry(() => manifest);
const said = "(401: UNAUTHORIZED: authentication required)";

/** A registry that knows two logins. */
const acceptingBoth: Script = (request, ...rest) => {
  const reply = accepting(request, ...rest);
  return reply === unauthorized ? basicRegistry(() => manifest, otherLogin)(request, ...rest) : reply;
};

describe("the registries are asked before anything is changed", function () {
  this.timeout(20_000); // for a busy machine
  afterEach(closeAll);

  it("and nothing is said of a credential that they accept", async () => {
    const { host } = await serve(accepting);
    assert.deepEqual(await check({ images: [`${host}/a:1`, `${host}/b:1`], secrets: [secret("s", host)] }), nothing);
  });

  it("by the digest alone where an image has a tag as well, since the kubelet pulls by it", async () => {
    const digest = `sha256:${"0a".repeat(32)}`;
    const byDigest = basicRegistry((url) =>
      url.endsWith(`/manifests/${digest}`) ? manifest : errorReply(404, "MANIFEST_UNKNOWN", "manifest unknown"),
    );
    const { host } = await serve(byDigest);
    assert.deepEqual(await check({ images: [`${host}/a:gone@${digest}`], secrets: [secret("s", host)] }), nothing);
  });

  it("one sentence for all images that one wrong password is for", async () => {
    const { host } = await serve(basicRegistry(() => manifest, otherLogin));
    const images = [`${host}/a:1`, `${host}/b:1`];
    const sentence = `${host} refuses fleet-puller for ${images.join(", ")}: wrong password or expired token ${said}; renew s`;
    const args = { images, secrets: [secret("s", host)] };
    assert.deepEqual(await check(args), { refusals: [sentence], warnings: [] });
    assert.deepEqual(await check({ ...args, registryCheck: "warn" }), { refusals: [], warnings: [sentence] });
  });

  it("without a username that is secret, in the registry's own words either", async () => {
    const { body } = errorReply(401, "UNAUTHORIZED", `no such user: ${login.username}`);
    const refusing = basicRegistry(() => manifest, otherLogin);
    const { host } = await serve((...request) => {
      const reply = refusing(...request);
      return reply === unauthorized ? { ...unauthorized, body } : reply;
    });
    const [entry] = secret("s", host).config.kind === "entries" ? [{ server: host, ...hidden(login), email: "" }] : [];
    assert.ok(entry);
    const secrets = [
      {
        name: "s",
        config: {
          kind: "entries",
          entries: [{ ...entry, account: "the encrypted username", renewal: "renew s" }],
        } as const,
      },
    ];
    const { refusals, warnings } = await check({ images: [`${host}/a:1`], secrets });
    assert.deepEqual(
      [refusals, warnings],
      [[`${host} refuses the encrypted username for ${host}/a:1: wrong password or expired token (401); renew s`], []],
    );
  });

  it("without a username that has a password of the run in it", async () => {
    const { host } = await serve(basicRegistry(() => manifest, otherLogin));
    const token = { username: login.password, password: login.password };
    const other = { username: `x-${login.password}`, password: "a-password-of-its-own" };
    for (const [one, shown] of [
      [token, "***"],
      [other, "x-***"],
    ] as const) {
      const secrets = [secret("s", host, one), secret("t", "other.example.com", login)];
      const { refusals } = await check({ images: [`${host}/a:1`], secrets });
      assert.deepEqual(refusals, [
        `${host} refuses ${shown} for ${host}/a:1: wrong password or expired token ${said}; renew s`,
      ]);
    }
  });

  it("with the cause where the credential that seems to be meant is none", async () => {
    const { host } = await serve(accepting);
    const [name = "", port = ""] = host.split(":");
    const images = [`${host}/a:1`];
    assert.deepEqual(await check({ images, secrets: [secret("s", name)] }), {
      refusals: [
        `${host} wants a login for ${host}/a:1 (401); the key "${name}" of the Secret s has no port, ` +
          `and the image's host has ${port}: write it as "${host}"`,
      ],
      warnings: [],
    });
    const { refusals } = await check({ images, secrets: [secret("acr", host, { username: "u", password: "" })] });
    assert.deepEqual(refusals, [
      `${host} wants a login for ${host}/a:1 (401); the key "${host}" of the Secret acr has no password, and the kubelet ` +
        "reads no identitytoken, credsStore or credHelpers: put username and password there",
    ]);
  });

  it("for the chart too, with the one credential that Helm has, and without a pull Secret's", async () => {
    const { host } = await serve(acceptingBoth);
    const wrong = { username: "chart-puller", password: "a-wrong-password" };
    const [entry] = [secret("c", host, wrong).config].flatMap((config) =>
      config.kind === "entries" ? config.entries : [],
    );
    assert.ok(entry);
    const secrets = [secret("s", host)];
    const chart = { reference: `${host}/charts/fleet:7.0.2`, credential: entry };
    const images = [`${host}/a:1`];
    assert.deepEqual(await check({ images, secrets, chart }), {
      refusals: [
        `${host} refuses chart-puller for ${chart.reference}: wrong password or expired token ${said}; renew c`,
      ],
      warnings: [],
    });
    assert.deepEqual(
      await check({ images, secrets, chart: { ...chart, credential: { ...entry, ...hidden(login) } } }),
      nothing,
    );
    // Whatever `helm registry login` left on this machine is Helm's to use.
    assert.deepEqual(await check({ images, secrets, chart: { reference: chart.reference } }), {
      refusals: [],
      warnings: [
        `${host} wants a login for ${chart.reference} (401); set chartUsername and chartPassword, or add the registry to ` +
          "fleet:registries, unless Helm is logged in on this machine",
      ],
    });
    assert.deepEqual(await check({ images, secrets, chart, registryCheck: "off" }), nothing);
  });

  it("for a chart with a tag that is not there, by the keys that name it", async () => {
    const { host } = await serve(
      basicRegistry((url) => (url.includes("/charts/") ? errorReply(404, "MANIFEST_UNKNOWN", "") : manifest)),
    );
    const [credential] = [secret("c", host).config].flatMap((config) =>
      config.kind === "entries" ? config.entries : [],
    );
    assert.ok(credential);
    const { refusals } = await check({
      images: [],
      secrets: [],
      chart: { reference: `${host}/charts/fleet:7.0.2`, credential },
    });
    assert.deepEqual(refusals, [
      `${host} has no ${host}/charts/fleet:7.0.2 that ${login.username} may see (404: MANIFEST_UNKNOWN); correct chart or chartVersion, ` +
        'which is the tag: v7.0.2 with the "v" where Fleet\'s own was pushed, or grant the right to pull, or renew c',
    ]);
  });

  it("one sentence for each registry and each kind of no", async () => {
    const wrong = await serve(basicRegistry(() => manifest, otherLogin));
    const other = await serve(
      basicRegistry((url) =>
        url.includes("/gone/")
          ? errorReply(404, "MANIFEST_UNKNOWN", "manifest unknown")
          : errorReply(403, "DENIED", "requested access is denied"),
      ),
    );
    const images = [`${wrong.host}/a:1`, `${other.host}/gone:1`, `${other.host}/secret:1`];
    assert.deepEqual(await check({ images, secrets: [secret("s", wrong.host), secret("t", other.host)] }), {
      refusals: [
        `${wrong.host} refuses fleet-puller for ${images[0]}: wrong password or expired token ${said}; renew s`,
        `${other.host} has no ${images[1]} that fleet-puller may see (404: MANIFEST_UNKNOWN: manifest unknown); ` +
          "correct the repository or tag, or grant the right to pull, or renew t",
        `${other.host} does not let fleet-puller pull ${images[2]} (403: DENIED: requested access is denied); ` +
          "grant it the right to pull, correct the repository, or renew t",
      ],
      warnings: [],
    });
  });

  it("and not asked with the check off: only what is pulled anonymously is told", async () => {
    const server = await serve(basicRegistry(() => manifest, otherLogin));
    const images = [`${server.host}/a:1`, "mysql:8", "quay.io/b:1"];
    assert.deepEqual(
      await check({ images, secrets: [secret("s", server.host)], registryCheck: "off", leastPrivilege: "enforce" }),
      { refusals: [], warnings: ["mysql:8", "quay.io/b:1"].map(anonymously) },
    );
    assert.deepEqual(server.requests, []);
  });

  it("about each image once, however often it is used", async () => {
    const once = await serve(accepting);
    await check({ images: [`${once.host}/a:1`], secrets: [secret("s", once.host)] });
    const twice = await serve(accepting);
    const images = [`${twice.host}/a:1`, `${twice.host}/a:1`];
    await check({ images, secrets: [secret("s", twice.host), secret("t", twice.host)] });
    assert.deepEqual(twice.lines, once.lines);
  });

  describe("with several credentials, in the kubelet's order", () => {
    it("a refused one is a warning where another is accepted", async () => {
      const { host } = await serve(accepting);
      const image = `${host}/team/fleet:1`;
      const secrets = [secret("good", host), secret("bad", `${host}/team`, otherLogin)];
      assert.deepEqual(await check({ images: [image], secrets }), {
        refusals: [],
        warnings: [
          `${host} refuses other-puller for ${image}: wrong password or expired token ${said}, ` +
            "and accepts another credential; renew bad",
        ],
      });
    });

    it("all are refused: told in that order, the longer path first", async () => {
      const { host } = await serve(basicRegistry(() => manifest, { username: "nobody", password: "x" }));
      const image = `${host}/team/fleet:1`;
      const secrets = [secret("host", host), secret("path", `${host}/team`, otherLogin), secret("late", host)];
      const refused = (name: string, username: string) =>
        `${host} refuses ${username} for ${image}: wrong password or expired token ${said}; renew ${name}`;
      assert.deepEqual(await check({ images: [image], secrets }), {
        refusals: [refused("path", "other-puller"), refused("host", "fleet-puller"), refused("late", "fleet-puller")],
        warnings: [],
      });
    });

    it("one is refused and of the other nothing is known: no clear no", async () => {
      const basic = basicRegistry(() => ({ status: 503 }));
      const { host } = await serve(basic);
      const image = `${host}/a:1`;
      const secrets = [secret("bad", host, otherLogin), secret("unknown", host)];
      assert.deepEqual(await check({ images: [image], secrets }), {
        refusals: [],
        warnings: [
          `${host} refuses other-puller for ${image}: wrong password or expired token ${said}; renew bad`,
          `${host} does not tell about ${image}: it answers 503; ${later}`,
        ],
      });
    });
  });

  describe("without a credential", () => {
    it("nothing is said where the registry wants none", async () => {
      const { host } = await serve(() => manifest);
      assert.deepEqual(await check({ images: [`${host}/a:1`], secrets: [] }), nothing);
    });

    it("one is asked for where the registry wants one", async () => {
      const { host } = await serve(accepting);
      assert.deepEqual(await check({ images: [`${host}/a:1`, `${host}/b:1`], secrets: [] }), {
        refusals: [
          `${host} wants a login for ${host}/a:1, ${host}/b:1 (401); ` +
            "correct the repository, or add the registry to fleet:registries, or, if the nodes have a login of their own, set registryCheck to warn",
        ],
        warnings: [],
      });
    });

    it("both are said where the registry cannot be asked", async () => {
      const server = await serve(accepting);
      const { host } = server;
      const image = `${host}/a:1`;
      await server.close();
      assert.deepEqual(await check({ images: [image], secrets: [] }), {
        refusals: [],
        warnings: [
          `${host} cannot be asked about ${image} from this machine: it refuses the connection; ${later}`,
          anonymously(image),
        ],
      });
    });
  });

  describe("what cannot be told is a warning, with every level", () => {
    const answers: Readonly<Record<string, readonly [reply: Reply, sentence: string]>> = {
      "too many requests": [
        { status: 429, headers: { "retry-after": "60" } },
        "does not tell about IMAGE: it has had too many requests and answers again in 60 s",
      ],
      "a broken registry": [{ status: 502 }, "does not tell about IMAGE: it answers 502"],
    };
    for (const [name, [reply, sentence]] of Object.entries(answers)) {
      it(name, async () => {
        const { host } = await serve(() => reply);
        const image = `${host}/a:1`;
        const warnings = [`${host} ${sentence.replace("IMAGE", image)}; ${later}`];
        for (const registryCheck of ["enforce", "warn"] as const) {
          const args = { images: [image], secrets: [secret("s", host)], registryCheck };
          assert.deepEqual(await check(args), { refusals: [], warnings });
        }
      });
    }

    it("a private authority that is not in the configuration", async () => {
      const { host } = await serve(accepting);
      const found = await check({ images: [`${host}/a:1`], secrets: [secret("s", host)] }, {});
      assert.deepEqual(found, {
        refusals: [],
        warnings: [
          `${host} cannot be asked about ${host}/a:1 from this machine: ` +
            "its certificate is signed by an authority that this machine does not know; " +
            `put the authority's certificate into fleet:registryCaCertificate; without it, ${later}`,
        ],
      });
    });
  });

  describe("for the right to push", () => {
    const asked = async (script: Script, leastPrivilege: "enforce" | "warn" | "off") => {
      const server = await serve(script);
      const images = [`${server.host}/a:1`, `${server.host}/b:1`];
      const found = await check({ images, secrets: [secret("s", server.host)], leastPrivilege });
      const all = [...found.refusals, ...found.warnings].map((text) => text.replaceAll(`${server.host}/`, ""));
      return { refused: found.refusals.length, all, scopes: server.lines.filter((line) => /push/.test(line)) };
    };
    const may = "fleet-puller may not only pull but push a:1, b:1; use a pull-only token: renew s";
    const unknown =
      "The registry does not tell whether fleet-puller may push a:1, b:1; make sure that it may only pull";

    it("which is a warning, a refusal, or not asked for", async () => {
      const both = granting("pull", "push");
      const { scopes, ...warned } = await asked(both, "warn");
      assert.deepEqual(warned, { refused: 0, all: [may] });
      assert.equal(scopes.length, 2);
      assert.deepEqual({ ...(await asked(both, "enforce")), scopes: [] }, { refused: 1, all: [may], scopes: [] });
      assert.deepEqual(await asked(both, "off"), { refused: 0, all: [], scopes: [] });
    });

    it("of which nothing is said where it is refused", async () => {
      for (const level of ["enforce", "warn", "off"] as const) {
        const { refused, all } = await asked(granting("pull"), level);
        assert.deepEqual([refused, all], [0, []]);
      }
    });

    it("of which a strict stack hears that it cannot be told, and no other", async () => {
      assert.deepEqual(await asked(accepting, "enforce"), { refused: 0, all: [unknown], scopes: [] });
      assert.deepEqual(await asked(accepting, "warn"), { refused: 0, all: [], scopes: [] });
    });

    it("of which nothing is said where the password is wrong anyway", async () => {
      const { all } = await asked(
        basicRegistry(() => manifest, otherLogin),
        "enforce",
      );
      assert.equal(all.length, 1);
      assert.match(all[0] ?? "", /wrong password/);
    });

    it("of each credential that could be used", async () => {
      const { host } = await serve(granting("pull", "push"));
      const secrets = [secret("s", host), secret("t", host, otherLogin)];
      const found = await check({ images: [`${host}/a:1`], secrets, leastPrivilege: "enforce" });
      assert.deepEqual(
        found.refusals,
        [
          ["fleet-puller", "s"],
          ["other-puller", "t"],
        ].map(([user, name]) => `${user} may not only pull but push ${host}/a:1; use a pull-only token: renew ${name}`),
      );
    });
  });

  it("with both credentials accepted, nothing is said", async () => {
    const { host } = await serve(acceptingBoth);
    const secrets = [secret("s", host), secret("t", host, otherLogin)];
    assert.deepEqual(await check({ images: [`${host}/a:1`], secrets }), nothing);
  });
});
