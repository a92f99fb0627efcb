import eslint from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

/** Folders that must be usable without Pulumi, by the code that CronJobs run. */
const withoutPulumi = ["config/**/*.ts", "contracts/**/*.ts", "objectives/**/*.ts"];

export default tseslint.config(
  { ignores: ["node_modules/", "policies/bin/", "recovery/bin/"] },
  eslint.configs.recommended,
  {
    files: ["**/*.cjs"],
    languageOptions: {
      globals: {
        module: "writable",
        process: "readonly",
        require: "readonly",
        setImmediate: "readonly",
      },
    },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { "@pulumi": pulumi },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@pulumi/no-output-instance-in-template-literal": "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.object.name='pulumi'][callee.property.name='Config']",
          message: "configuration is read once, in index.ts, from pulumi.runtime.allConfig()",
        },
      ],
    },
  },
  {
    files: ["preview/main.ts"],
    rules: {
      // The cloud libraries are loaded only once the configuration has been found sound.
      "@typescript-eslint/no-require-imports": "off",
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // Inputs are plain data of any shape; a wrong one fails the comparison.
      "@typescript-eslint/no-base-to-string": "off",
      // Tables of cases with whole messages are long, and one thing each.
      "max-lines": "off",
    },
  },
  {
    files: ["components/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "/(config|composition|preview|recovery|policies)/",
              message:
                "components know nothing of files, wiring or jobs; take the value as an input",
            },
          ],
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "NewExpression[callee.object.object.name=/^(aws|kubernetes)$/][arguments.length<3]",
          message: "a child of a component takes options with its parent",
        },
        {
          selector:
            "NewExpression[callee.object.object.object.name='kubernetes'][arguments.length<3]",
          message: "a child of a component takes options with its parent",
        },
        {
          selector: "NewExpression[callee.object.name=/^(postgresql|random)$/][arguments.length<3]",
          message: "a child of a component takes options with its parent",
        },
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: "components know nothing of the environment; take the value as an input",
        },
      ],
    },
  },
  {
    files: ["composition/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: "/(preview|policies)/", message: "the preview runs this, not the other way" },
          ],
        },
      ],
    },
  },
  {
    files: ["recovery/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["@pulumi/*"], message: "jobs run where there is no Pulumi" },
            {
              regex: "/(components|composition|config|objectives|policies|preview)/",
              message: "jobs know the contracts, and what their environment says",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["policies/**/*.ts"],
    ignores: ["policies/pack.ts", "policies/index.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["@pulumi/*"], message: "rules are plain functions; pack.ts knows the SDK" },
            {
              regex: "/(components|composition|preview)/",
              message: "policies know resources and objectives, not what declares them",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["contracts/**/*.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        { patterns: [{ regex: "/config/", message: "contracts stand below the configuration" }] },
      ],
    },
  },
  {
    files: withoutPulumi,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["@pulumi/*"], message: "this folder is also used where there is no Pulumi" },
            {
              regex: "/(components|composition|preview|policies|recovery)/",
              message: "dependencies point from the stacks to here, not back",
            },
          ],
        },
      ],
    },
  },
);
