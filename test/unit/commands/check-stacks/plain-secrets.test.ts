import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as yaml from "yaml";
import { checkStacks } from "../../../../commands/check-stacks/check-stacks";
import { issueText } from "../../../../registry/issue";

const secure = { secure: "v1:Zm9vYmFyYmF6cXV4:c29tZSBjaXBoZXJ0ZXh0IG9mIHNvbWUgbGVuZ3Ro" };

describe("check-stacks, beside the keys that are to be encrypted", () => {
  let folder = "";
  /** Of a stack's file, without its name; none has a value of it. */
  const findingsOf = (content: object): readonly string[] => {
    fs.writeFileSync(path.join(folder, "Pulumi.dev.yaml"), yaml.stringify(content));
    const findings = checkStacks(folder).findings.map(issueText);
    assert.doesNotMatch(findings.join("\n"), /marker/);
    return findings.map((finding) => finding.replace(/^Pulumi\.dev\.yaml: /, ""));
  };
  const inConfig = (config: object) => findingsOf({ config });
  const again = "set a new one, since this one was readable: pulumi config set --stack dev --secret";

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "check-stacks-"));
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: fleet\nruntime: nodejs\n");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("finds a password among a registry's settings", () => {
    const settings = { username: "bot", email: "a@example.com", expires: "2027-03-01" };
    assert.deepEqual(inConfig({ "fleet:registries": { "ghcr.io": { ...settings, password: secure } } }), []);
    assert.deepEqual(
      inConfig({
        "fleet:registries": { "ghcr.io": { ...settings, password: "marker" }, "quay.io": { identitytoken: "marker" } },
      }),
      [
        `fleet:registries["ghcr.io"].password is not encrypted; remove it, and ${again} --path 'registryPasswords["ghcr.io"]'`,
        `fleet:registries["quay.io"].identitytoken is not encrypted; remove it, and ${again} --path 'registryPasswords["quay.io"]'`,
      ],
    );
  });

  describe("in a kubeconfig", () => {
    const kubeconfig = (...users: object[]) => ({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "a", cluster: { server: "https://example.com", "certificate-authority-data": "YWJj" } }],
      users: users.map((user, i) => ({ name: `user-${i}`, user })),
    });
    const finding = (place: string) =>
      `kubernetes:kubeconfig has ${place} in plain text; name a file, or encrypt one with a new credential, ` +
      "since this one was readable: pulumi config set --stack dev --secret kubernetes:kubeconfig < FILE";
    const credentials = kubeconfig(
      { token: "marker" },
      { username: "admin", password: "marker" },
      { "client-certificate-data": "YWJj", "client-key-data": "marker" },
      {
        "auth-provider": {
          name: "oidc",
          config: { "client-id": "a", "id-token": "marker", "refresh-token": "marker" },
        },
      },
      { exec: { command: "aws", env: [{ name: "AWS_PROFILE", value: "a" }, { name: "AWS_SECRET_ACCESS_KEY", value: "marker" }] } }, // prettier-ignore
    );
    const places = [
      "users[0].user.token",
      "users[1].user.password",
      "users[2].user.client-key-data",
      "users[3].user.auth-provider.config.id-token",
      "users[3].user.auth-provider.config.refresh-token",
      "users[4].user.exec.env[1].value",
    ];

    for (const [form, value] of [
      ["YAML", yaml.stringify(credentials)],
      ["JSON", JSON.stringify(credentials)],
      ["a map", credentials],
    ] as const) {
      it(`finds each credential: ${form}`, () => {
        assert.deepEqual(inConfig({ "kubernetes:kubeconfig": value }), places.map(finding));
        assert.deepEqual(inConfig({ "kubernetes:config:kubeconfig": value }), places.map(finding));
      });
    }

    it("passes a file, an encrypted one, and users that have their credential elsewhere", () => {
      const elsewhere = kubeconfig(
        { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "gke-gcloud-auth-plugin", env: null } },
        { "auth-provider": { name: "gcp" } },
        { "client-certificate": "/etc/a.crt", "client-key": "/etc/a.key", tokenFile: "/etc/token", token: "" },
      );
      for (const value of ["~/.kube/config", secure, "", yaml.stringify(elsewhere), elsewhere]) {
        assert.deepEqual(inConfig({ "kubernetes:kubeconfig": value }), []);
      }
      const partly = kubeconfig({ token: secure });
      assert.deepEqual(inConfig({ "kubernetes:kubeconfig": partly }), []);
    });

    it("takes for one what it cannot read", () => {
      assert.deepEqual(inConfig({ "kubernetes:kubeconfig": "users: [\n  - token: marker\n" }), [
        finding("what may be a credential"),
      ]);
    });
  });

  it("finds private keys, whatever key they stand under, but none with a passphrase", () => {
    const pem = (label: string) => `-----BEGIN ${label}-----\nmarker\n-----END ${label}-----\n`;
    const privateKey = (place: string) =>
      `${place} has a private key in plain text; remove it, and make a new one, since it was readable`;
    const config = {
      "fleet:tlsCertificate": `${pem("CERTIFICATE")}${pem("EC PRIVATE KEY")}`,
      "fleet:values": { environments: { KEY_FILE: JSON.stringify({ private_key: pem("PRIVATE KEY") }) } },
      "fleet:registryCaCertificate": `${pem("CERTIFICATE")}${pem("ENCRYPTED PRIVATE KEY")}`,
    };
    assert.deepEqual(inConfig(config), [
      privateKey("fleet:tlsCertificate"),
      privateKey('fleet:values["environments"]["KEY_FILE"]'),
    ]);
  });

  it("finds user info in URLs, in values and in keys, but no reference to a secret", () => {
    const userInfo = (place: string) =>
      `${place} has user info in plain text; remove it, and change that password, since it was readable`;
    const values = {
      args: ["--mirror=https://bot:marker@mirror.example.com/x", "git+ssh://git@example.com/a.git"],
      env: { REDIS: "redis://:marker@redis:6379", FROM: "https://$(USER):$(PASSWORD)@example.com" },
      "oci://marker@example.com": { a: "see https://example.com/@marker/a and https://***@example.com" },
    };
    assert.deepEqual(
      inConfig({ "fleet:chartRepository": "https://marker@charts.example.com", "fleet:values": values }),
      [
        userInfo("fleet:chartRepository"),
        userInfo('fleet:values["args"][0]'),
        userInfo('fleet:values["env"]["REDIS"]'),
        userInfo('fleet:values["oci://***@example.com"]'),
      ],
    );
  });

  describe("in an environment that the file defines", () => {
    const inValues = (values: object) => findingsOf({ environment: { imports: ["base"], values } });
    const stored = "pulumi env set ENVIRONMENT PATH --secret --file -";
    const notEncrypted = (place: string) =>
      `environment.values${place} is not encrypted; remove it, and keep a new one, since this one was readable, in a stored environment: ${stored}`;

    it("finds what would be found in the configuration, wherever the value stands", () => {
      const found = (place: string, command: string) =>
        `environment.values["pulumiConfig"]${place} is not encrypted; remove it, and ${again} ${command}`;
      assert.deepEqual(
        inValues({
          secrets: { database: "marker", list: ["a", "marker"] },
          pulumiConfig: {
            "fleet:imageTag": "v4.85.0",
            "fleet:databasePassword": "${secrets.database}",
            cachePassword: { "fn::secret": "marker" },
            "fleet:registryPasswords": { "ghcr.io": "marker", "quay.io": '${secrets["list"][1]}' },
            "fleet:registries": { "ghcr.io": { password: "marker" } },
          },
        }),
        [
          found('["fleet:databasePassword"]', "databasePassword"),
          found('["cachePassword"]', "cachePassword"),
          found('["fleet:registryPasswords"]["ghcr.io"]', "--path 'registryPasswords[\"ghcr.io\"]'"),
          found('["fleet:registryPasswords"]["quay.io"]', "--path 'registryPasswords[\"quay.io\"]'"),
          found('["fleet:registries"]["ghcr.io"].password', "--path 'registryPasswords[\"ghcr.io\"]'"),
        ],
      );
    });

    it("finds what is declared a secret, and variables whose names say so", () => {
      assert.deepEqual(
        inValues({
          database: { password: { "fn::secret": "marker" } },
          environmentVariables: { PULUMI_CONFIG_PASSPHRASE: "marker", AWS_REGION: "eu-central-1", DB_TOKEN: "${a.b}" },
        }),
        [
          notEncrypted('["database"]["password"]'),
          notEncrypted('["environmentVariables"]["PULUMI_CONFIG_PASSPHRASE"]'),
        ],
      );
    });

    it("passes ciphertext, what Pulumi fetches, and references out of the file or to themselves", () => {
      const values = {
        login: { "fn::open::aws-login": { oidc: { roleArn: "arn:aws:iam::1:role/a" } } },
        own: { "fn::secret": { ciphertext: "ZXNjeAAAAAEAAAEA" } },
        loop: "${loop}",
        pulumiConfig: {
          "fleet:databasePassword": "${shared.password}",
          "fleet:cachePassword": { "fn::secret": { ciphertext: "ZXNjeAAAAAEAAAEA" } },
          "fleet:privateKey": "${own}",
          "fleet:licenseKey": "${loop}",
          "fleet:registryPasswords": { "ghcr.io": { "fn::open::gh": {} } },
          "kubernetes:kubeconfig": "${login.kubeconfig}",
        },
      };
      assert.deepEqual(inValues(values), []);
      assert.deepEqual(findingsOf({ environment: ["fleet/dev"] }), []);
    });
  });
});
