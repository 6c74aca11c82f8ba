import { strict as assert } from "node:assert";
import { issueText } from "../../../../registry/issue";
import { parseRequest, stacksOf } from "../../../../commands/rotate/request";

const good = { SERVER: "registry.example.com", STACKS: "dev staging,qa production" };
const parse = (variables: Readonly<Record<string, string>>) => parseRequest({ ...good, ...variables });

describe("a request for a rotation", () => {
  it("has waves: white space ends one, a comma joins its stacks", () => {
    const waves = [["dev"], ["staging", "qa"], ["production"]];
    const expected = {
      server: "registry.example.com",
      canonical: "registry.example.com",
      waves,
      yes: false,
      json: false,
      parallel: 4,
    };
    assert.deepEqual(parse({}), expected);
    for (const STACKS of ["  dev\tstaging , qa\n production ", "dev staging ,qa production"]) {
      assert.deepEqual(parse({ STACKS }), expected, STACKS);
    }
  });

  it("takes the registry in every spelling of the configuration", () => {
    for (const [SERVER, canonical] of [
      ["HTTPS://Registry.Example.com/", "registry.example.com"],
      ["index.docker.io", "docker.io"],
      ["registry.example.com:5000/team", "registry.example.com:5000/team"],
    ] as const) {
      const request = parse({ SERVER });
      assert.ok("server" in request);
      assert.deepEqual([request.server, request.canonical], [SERVER, canonical]);
    }
  });

  it("takes names with organization and project", () => {
    const request = parse({ STACKS: "acme/dev,acme/fleet/prod" });
    assert.ok("server" in request);
    assert.deepEqual(request.waves, [["acme/dev", "acme/fleet/prod"]]);
    assert.equal(stacksOf(request), "acme/dev,acme/fleet/prod");
  });

  it("takes YES, JSON, PARALLEL and SVG", () => {
    const request = parse({ YES: "1", JSON: "1", PARALLEL: "12", SVG: "drawings/rotation.svg" });
    assert.ok("server" in request);
    const { yes, json, parallel, svg } = request;
    assert.deepEqual([yes, json, parallel, svg], [true, true, 12, "drawings/rotation.svg"]);
  });

  const example = 'make rotate SERVER=registry.example.com STACKS="dev staging,qa production"';
  const comma =
    'STACKS has a comma with no stack beside it; a comma joins two stacks of one wave: STACKS="dev staging,qa production"';
  for (const [variables, ...problems] of [
    [
      { SERVER: "", STACKS: "" },
      `SERVER is not set; name the registry: ${example}`,
      `STACKS is not set; name the stacks in the order of their updates: ${example}`,
    ],
    [
      { SERVER: "https://user:secret@registry.example.com" },
      'SERVER "https://***@registry.example.com" contains user info or a digest; ' +
        'remove the "@" and what belongs to it; username and password have their own keys',
    ],
    [{ STACKS: "dev,,qa" }, comma],
    [{ STACKS: ", dev" }, comma],
    [{ STACKS: "dev staging dev" }, "STACKS names dev twice; keep one of the two"],
    [{ STACKS: "dev acme/fleet/dev" }, "STACKS names dev and acme/fleet/dev, which have one file; keep one of the two"],
    [
      { STACKS: "dev st$ging" },
      'STACKS names "st$ging", which no stack is called; use letters, digits, "-", "_" and "."',
    ],
    [
      { YES: "yes", JSON: "true" },
      "YES is yes; set YES=1 to answer the question beforehand, or leave it out",
      "JSON is true; set JSON=1 to have JSON on standard output, or leave it out",
    ],
    [{ PARALLEL: "0" }, "PARALLEL is 0; set a whole number from 1 up, or leave it out for 4"],
    [
      { SVG: "Pulumi.dev.yaml" },
      'SVG is "Pulumi.dev.yaml"; name a file that ends with .svg, or leave it out for no drawing',
    ],
    [{ PARALLEL: "many" }, "PARALLEL is many; set a whole number from 1 up, or leave it out for 4"],
  ] as const) {
    it(`refuses ${JSON.stringify(variables)}`, () => {
      const refused = parse(variables);
      assert.deepEqual("server" in refused ? refused : refused.map(issueText), problems);
    });
  }
});
