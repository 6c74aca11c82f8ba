import assert from "node:assert/strict";
import {
  explainCoverage,
  foundText,
  type Coverage,
  type CoverageArgs,
  type NamedSecret,
  type Pod,
} from "../../../../commands/coverage";
import { parseDockerConfigJson } from "../../../../registry/docker-config";

const hub = `is not a key of Docker Hub: its images match "docker.io", or "https://index.docker.io/v1/" with the last slash`;

/** A Secret with these keys; the user of each is `user-of-NAME`. */
const secret = (name: string, ...keys: string[]): NamedSecret => ({
  namespace: "fleet",
  name,
  config: { kind: "entries", entries: keys.map((server) => ({ server, username: `user-of-${name}` })) },
});

/** A pod whose workload and container are called after it. */
const pod = (name: string, image: string, imagePullSecrets: string[] = [], more: Partial<Pod> = {}): Pod => ({
  workload: `Pod/${name}`,
  namespace: "fleet",
  serviceAccount: "default",
  imagePullSecrets,
  images: [{ container: name, role: "container", image }],
  ...more,
});

/** What is found, as it is printed. */
function explain(pods: readonly Pod[], secrets: readonly NamedSecret[], more: Partial<CoverageArgs> = {}) {
  const { images, problems, warnings, notes } = explainCoverage({ pods, secrets, ...more });
  return {
    images,
    problems: problems.map(foundText),
    warnings: warnings.map(foundText),
    notes: notes.map(foundText),
  };
}

/** Of one pod: the outcome and what is tried. */
function outcomeOf({ images: [first] }: Pick<Coverage, "images">): string {
  const tried = first?.credentials.map(({ registry, secret, username }) => `${registry} ${secret} ${username}`) ?? [];
  return [first?.outcome, ...tried].join("; ");
}

describe("explainCoverage", () => {
  const image = "r.example.com/team/fleet:v1";

  it("says which credential wins, why, and which ones follow", () => {
    const secrets = [secret("a", "r.example.com"), secret("b", "https://r.example.com/v2/", "r.example.com/team")];
    const { images, problems } = explain([pod("x", image, ["a", "b"])], secrets);
    assert.deepEqual(problems, []);
    assert.deepEqual(images, [
      {
        workload: "Pod/x",
        namespace: "fleet",
        container: "x",
        role: "container",
        image,
        outcome: "credential",
        credentials: [
          {
            registry: "r.example.com/team",
            secret: "b",
            username: "user-of-b",
            why: `its key "r.example.com/team" has the image's host, and its path begins the image's`,
          },
          {
            registry: "r.example.com",
            secret: "a",
            username: "user-of-a",
            why: `its key "r.example.com" is the image's host`,
          },
          {
            registry: "https://r.example.com/v2/",
            secret: "b",
            username: "user-of-b",
            why: `its key "r.example.com" is the image's host`,
          },
        ],
      },
    ]);
  });

  it("gives machines a code, the places, the sentence and the fix", () => {
    const pods = [pod("x", image), pod("y", image)];
    const { problems, warnings, notes } = explainCoverage({ pods, secrets: [secret("a", "r.example.com")] });
    assert.deepEqual(problems, [
      {
        code: "no-credential",
        place: "Pod/x x, Pod/y y",
        sentence: `${image} is private, and is pulled anonymously: the pod lists no pull Secret`,
        fix: 'list a in its imagePullSecrets, which has the key "r.example.com"',
      },
    ]);
    assert.deepEqual([warnings, notes], [[], []]);
  });

  it("takes the order of the pod's list where keys are the same, and says that the order decides", () => {
    const secrets = [secret("a", "r.example.com"), secret("b", "r.example.com")];
    const coverage = explain([pod("x", image, ["b", "a"]), pod("y", image, ["b", "a"])], secrets);
    assert.equal(outcomeOf(coverage), "credential; r.example.com b user-of-b; r.example.com a user-of-a");
    assert.deepEqual(coverage.warnings, [
      `the Secrets b and a both have the key "r.example.com": b comes first, since pods list it first; keep one`,
    ]);
  });

  it("says of a name that no Secret can have what is wrong with it", () => {
    const warningsOf = (name: string) => explain([pod("x", "busybox", [name])], []).warnings;
    const cases: Readonly<Record<string, string>> = {
      a: "does not exist; make it, or remove the name",
      "map[name:a]": "is a map that the chart takes for a name; list the name alone in that value: a",
      Team_Registry:
        'is not a name that Kubernetes takes for a Secret; use lower-case letters, digits, "-" and ".", with a letter or digit at both ends of every part',
    };
    for (const [name, why] of Object.entries(cases)) {
      assert.deepEqual(warningsOf(name), [`Pod/x: the pod lists the Secret ${name}, which ${why}`]);
    }
  });

  describe("a private image that is pulled anonymously", () => {
    const problemsOf = (...args: Parameters<typeof explain>) => {
      const { images, problems } = explain(...args);
      assert.ok(images.every(({ outcome }) => outcome === "anonymous"));
      return problems.map((text) => text.replace(`${image} is private, and is pulled anonymously: `, ""));
    };

    it("in a pod that lists no pull Secret, or another one", () => {
      const secrets = [secret("a", "r.example.com"), secret("b", "ghcr.io")];
      assert.deepEqual(problemsOf([pod("x", image)], secrets), [
        `Pod/x x: the pod lists no pull Secret; list a in its imagePullSecrets, which has the key "r.example.com"`,
      ]);
      assert.deepEqual(problemsOf([pod("x", image, ["b", "c"])], secrets), [
        `Pod/x x: the pod lists only b, c; list a in its imagePullSecrets, which has the key "r.example.com"`,
      ]);
    });

    it("in a pod that cannot list the Secret there is, since its name changes", () => {
      const made = { ...secret("a", "r.example.com"), isNameGenerated: true };
      assert.deepEqual(problemsOf([pod("x", image)], [made]), [
        `Pod/x x: the pod lists no pull Secret; list a Secret with the key "r.example.com" in its imagePullSecrets that keeps its name, unlike a`,
      ]);
    });

    it("on Docker Hub too, where a Secret is for it that the pod does not list", () => {
      const { problems } = explain([pod("x", "acme/tool:1")], [secret("a", "docker.io/acme")]);
      assert.deepEqual(problems, [
        `Pod/x x: acme/tool:1 is private, and is pulled anonymously: the pod lists no pull Secret; list a in its imagePullSecrets, which has the key "docker.io/acme"`,
      ]);
    });

    it("in another namespace than the Secret's", () => {
      const [problem] = problemsOf([pod("x", image, ["a"], { namespace: "other" })], [secret("a", "r.example.com")]);
      assert.equal(
        problem,
        `Pod/x x: the Secret a with the key "r.example.com" is in the namespace fleet, and serves that one only; make it in other too`,
      );
    });

    it("with a key that just fails to match", () => {
      assert.deepEqual(problemsOf([pod("x", image, ["a"])], [secret("a", "r.example.com:443", "*")]), [
        `Pod/x x: the key "r.example.com:443" of the Secret a has the port 443, and the image's host has none, and the key "*" of the Secret a is a pattern for a host of 1 part, and the image's has 3: a "*" stands for one part between dots; write the key as "r.example.com"`,
      ]);
    });

    it("with a key for Docker Hub that serves nothing, since it can only be meant for what is there", () => {
      const { problems, warnings } = explain(
        [pod("x", "fleetdm/fleet:v1", ["a"])],
        [secret("a", "https://index.docker.io/v1")],
      );
      assert.deepEqual(problems, [
        `Pod/x x: fleetdm/fleet:v1 is private, and is pulled anonymously: the key "https://index.docker.io/v1" of the Secret a ${hub}; write the key as "docker.io"`,
      ]);
      assert.deepEqual(warnings, [], "it is said already");
    });

    it("written with another name of Docker Hub, which no key of it matches", () => {
      assert.deepEqual(
        problemsOf([pod("x", "registry-1.docker.io/fleetdm/fleet:v1", ["a"])], [secret("a", "docker.io")]),
        [
          `Pod/x x: registry-1.docker.io/fleetdm/fleet:v1 is private, and is pulled anonymously: the key "docker.io" of the Secret a is Docker Hub's, whose images are matched as docker.io, and not as registry-1.docker.io; write the image as docker.io/fleetdm/fleet`,
        ],
      );
    });

    it("with Secrets that do not exist", () => {
      assert.deepEqual(problemsOf([pod("x", image, ["a"])], []), [
        "Pod/x x: the Secret a that it lists does not exist; make a pull Secret with a key for r.example.com",
      ]);
      const { warnings } = explain([pod("x", image, ["a"])], []);
      assert.deepEqual(warnings, [
        "Pod/x: the pod lists the Secret a, which does not exist; make it, or remove the name",
      ]);
    });
  });

  it("notes an image on a registry that nobody listed, since nodes have credentials of their own", () => {
    const { problems, notes } = explain([pod("x", image), pod("y", image, ["a"])], [secret("a", "ghcr.io")]);
    assert.deepEqual(problems, []);
    assert.deepEqual(notes, [
      `Pod/x x, Pod/y y: ${image} is pulled anonymously, or with a credential of the node: no pull Secret has a key for r.example.com; add r.example.com to the registries of the stack, or declare it public`,
    ]);
    assert.deepEqual(explain([pod("x", image)], [], { publicImages: ["r.example.com"] }).notes, []);
  });

  it("has nothing against an anonymous pull of what may be public", () => {
    const pods = [
      pod("x", "mysql:8.4.6", ["a"]),
      pod("y", "ghcr.io/public/tool:1", ["a"]),
      pod("z", "ghcr.io/acme/fleet", ["a"]),
    ];
    const { images, problems, warnings, notes } = explain(pods, [secret("a", "ghcr.io/acme", "r.example.com")]);
    assert.deepEqual(
      images.map(({ outcome }) => outcome),
      ["anonymous", "anonymous", "credential"],
    );
    assert.deepEqual([problems, notes], [[], []]);
    assert.deepEqual(warnings, [`the key "r.example.com" of the Secret a matches no image here`]);
  });

  it("warns of keys that match nothing, with the reason where there is one", () => {
    const keys = ["docker.io", "https://index.docker.io/v1", "r.example.com:443", "quay.io"];
    const pods = [pod("x", "acme/fleet", ["a"]), pod("y", image, ["b"])];
    const { problems, warnings } = explain(pods, [secret("a", ...keys), secret("b", "r.example.com")]);
    assert.deepEqual(problems, []);
    assert.deepEqual(warnings, [
      `the key "https://index.docker.io/v1" of the Secret a matches no image at all: it ${hub}`,
      `the key "r.example.com:443" of the Secret a matches no image here: it has the port 443, and the image's host has none`,
      `the key "quay.io" of the Secret a matches no image here`,
    ]);
  });

  it("takes for public what is declared so: a registry, or all below a path, whatever the Secrets hold", () => {
    const problemsOf = (...publicImages: string[]) =>
      explain([pod("x", image)], [secret("a", "r.example.com")], { publicImages }).problems.length;
    assert.deepEqual(
      ["r.example.com", "r.example.com/team", "r.example.com/team/fleet/"].map((one) => problemsOf(one)),
      [0, 0, 0],
    );
    assert.deepEqual(
      ["example.com", "r.example.com/te", "r.example.com:443"].map((one) => problemsOf(one)),
      [1, 1, 1],
    );
    assert.equal(problemsOf("example.com", "r.example.com"), 0);
  });

  it("says that nothing is pulled with a Secret that cannot be read, whatever the others hold", () => {
    const config = parseDockerConfigJson(`{"auths":{"ghcr.io":{"auth":"marker"}}}`, "kubernetes.io/dockerconfigjson");
    if (config.kind === "entries") assert.fail();
    const broken = { namespace: "fleet", name: "b", config };
    const coverage = explain([pod("x", image, ["a", "b"])], [secret("a", "r.example.com"), broken]);
    assert.equal(outcomeOf(coverage), "broken");
    assert.deepEqual(coverage.problems, [
      "Pod/x x: nothing is pulled: the Secret b cannot be read by the kubelet: entry 1 has an auth that is not base64 of username:password; make it again, or remove it from the pod's imagePullSecrets",
    ]);
  });

  it("warns of a Secret of another type, and of one without a username", () => {
    const config = parseDockerConfigJson("{}", "Opaque");
    if (config.kind === "entries") assert.fail();
    const opaque = { namespace: "fleet", name: "o", config };
    const entry = { server: "r.example.com", username: "" };
    const nameless: NamedSecret = { ...secret("n"), config: { kind: "entries", entries: [entry] } };
    const { warnings } = explain([pod("x", image, ["o", "n"])], [opaque, nameless]);
    assert.deepEqual(warnings, [
      `Pod/x x: the key "r.example.com" of the Secret n has no username, so it gives no access; make it again`,
      "the Secret o is not of type kubernetes.io/dockerconfigjson; the kubelet passes over it",
    ]);
  });

  it("does not guess what is in a Secret that was not read", () => {
    const unread: NamedSecret = { ...secret("u"), config: { kind: "unread", problem: "could not be read" } };
    const alone = explain([pod("x", image, ["u"])], [unread]);
    assert.equal(outcomeOf(alone), "unknown");
    assert.deepEqual(alone.problems, []);
    assert.deepEqual(alone.warnings, ["the Secret u could not be read, so what it is for is not known"]);

    const beside = explain([pod("x", image, ["u", "a"])], [unread, secret("a", "r.example.com")]);
    assert.equal(outcomeOf(beside), "credential; r.example.com a user-of-a");
    assert.deepEqual(beside.warnings, [
      "Pod/x: a credential of a Secret that was not read may come before the one shown: u",
      "the Secret u could not be read, so what it is for is not known",
    ]);
  });

  it("refuses what is no image reference", () => {
    const coverage = explain([pod("x", "https://r.example.com/fleet", ["a"])], [secret("a", "r.example.com")]);
    assert.equal(outcomeOf(coverage), "invalid");
    assert.deepEqual(coverage.problems, [
      `Pod/x x: the image "https://r.example.com/fleet" begins with a scheme; write it without one: registry/repository:tag`,
    ]);
  });

  it("warns of a path that ends inside a part of the image's, and not of one that ends with it", () => {
    const keys = ["r.example.com/te", "r.example.com/team", "r.example.com/team/", "r.example.com/team/fleet"];
    const warned = keys.map((key) => explain([pod("x", image, ["a"])], [secret("a", key)]).warnings);
    assert.deepEqual(warned, [
      [
        `Pod/x x: the key "r.example.com/te" of the Secret a matches r.example.com/team/fleet, since a path is a plain prefix; write "r.example.com/te/" if only what is below it is meant`,
      ],
      [],
      [],
      [],
    ]);
  });

  describe("a ServiceAccount", () => {
    const serviceAccounts = [
      { namespace: "fleet", name: "builder", imagePullSecrets: ["a"] },
      { namespace: "other", name: "builder", imagePullSecrets: ["elsewhere"] },
    ];
    const secrets = [secret("a", "r.example.com"), secret("b", "ghcr.io")];
    const built = (...names: string[]) => pod("x", image, names, { serviceAccount: "builder" });

    it("brings its pull Secrets to a pod that lists none", () => {
      const coverage = explain([built()], secrets, { serviceAccounts });
      assert.equal(outcomeOf(coverage), "credential; r.example.com a user-of-a");
      assert.deepEqual([coverage.problems, coverage.warnings], [[], []]);
    });

    it("brings none to a pod that has a list of its own, which is said", () => {
      const { problems, warnings } = explain([built("b")], secrets, { serviceAccounts });
      assert.deepEqual(problems, [
        `Pod/x x: ${image} is private, and is pulled anonymously: the pod lists only b, so that of its ServiceAccount builder is not used; list a in its imagePullSecrets, which has the key "r.example.com"`,
      ]);
      assert.deepEqual(warnings, [
        "Pod/x: the pod lists pull Secrets of its own, so those of its ServiceAccount builder are not used; list them too where they are needed: a",
        `the key "ghcr.io" of the Secret b matches no image here`,
      ]);
    });

    it("hides nothing where the pod lists the same", () => {
      assert.deepEqual(explain([built("a")], secrets, { serviceAccounts }).warnings, []);
    });
  });
});
