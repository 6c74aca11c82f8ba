import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** The rooms, from the top: each may use what is below it, and nothing above it (docs/architecture.md). */
const rooms = ["local", "commands", "preflight", "config", "components", "policy", "registry"];

const roomsAbove = (room) => [...rooms.slice(0, rooms.indexOf(room)), "test", "index"];

export default tseslint.config(
  { ignores: ["node_modules/", ".local/", "dist/"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  ...rooms.map((room) => ({
    files: [`${room}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${roomsAbove(room).join("|")})(/|$)`,
              message: `${room}/ uses only what is below it: see the rooms in docs/architecture.md`,
            },
            ...(room === "registry" ? [{ regex: "^@pulumi/", message: "registry/ knows no Pulumi" }] : []),
          ],
        },
      ],
    },
  })),
  {
    files: ["components/**/*.ts", "config/**/*.ts", "preflight/**/*.ts", "registry/**/*.ts", "index.ts"],
    rules: {
      "no-console": "error",
      "no-restricted-globals": [
        "error",
        { name: "process", message: "args in, outputs out: read no environment here" },
      ],
    },
  },
  { files: ["**/*.mjs", "**/*.js"], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ["preload.js", "plugin/index.js", "policy/main.js", "components/*.js"],
    languageOptions: {
      globals: { module: "readonly", require: "readonly", process: "readonly", exports: "writable" },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
