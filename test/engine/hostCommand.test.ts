import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { installedPulumi } from "./hostCommand";

describe("the Pulumi CLI that is installed", () => {
  let scratch: string;

  beforeEach(() => {
    scratch = realpathSync(mkdtempSync(join(tmpdir(), "trading-dr-host-")));
  });

  afterEach(() => {
    rmSync(scratch, { recursive: true });
  });

  /** Makes an executable in a directory of the test's own. */
  function installed(directory: string, name: string): string {
    const file = join(scratch, directory, name);
    mkdirSync(join(scratch, directory), { recursive: true });
    writeFileSync(file, "", { mode: 0o755 });
    return file;
  }

  function found(...path: string[]) {
    return installedPulumi({
      PATH: path.map((directory) => join(scratch, directory)).join(delimiter),
      PULUMI_HOME: join(scratch, "home"),
    });
  }

  it("is the one on PATH, before the one in PULUMI_HOME", () => {
    const pulumi = installed("usual", "pulumi");
    const languageHost = installed("usual", "pulumi-language-nodejs");
    installed("home/bin", "pulumi");
    assert.deepEqual(found("empty", "usual"), { pulumi, languageHost });
  });

  it("is the one in PULUMI_HOME where there is none on PATH", () => {
    const pulumi = installed("home/bin", "pulumi");
    const languageHost = installed("home/bin", "pulumi-language-nodejs");
    assert.deepEqual(found("empty"), { pulumi, languageHost });
  });

  it("has its language host beside what a link on PATH leads to", () => {
    const languageHost = installed("whole", "pulumi-language-nodejs");
    mkdirSync(join(scratch, "links"));
    symlinkSync(installed("whole", "pulumi"), join(scratch, "links", "pulumi"));
    assert.deepEqual(found("links"), { pulumi: join(scratch, "links", "pulumi"), languageHost });
  });

  it("may have its language host elsewhere on PATH", () => {
    const pulumi = installed("usual", "pulumi");
    const languageHost = installed("other", "pulumi-language-nodejs");
    assert.deepEqual(found("usual", "other"), { pulumi, languageHost });
  });

  it("is asked for where there is none", () => {
    assert.throws(() => found("empty"), {
      message:
        "there is no Pulumi CLI on PATH or in PULUMI_HOME; install it, see https://www.pulumi.com/docs/install/",
    });
  });

  it("is asked for whole where it has no language host", () => {
    const pulumi = installed("usual", "pulumi");
    assert.throws(() => found("usual"), {
      message: `${pulumi} has no pulumi-language-nodejs beside it, and there is none on PATH: alone it runs programs of the Automation API only; install the whole of Pulumi, see https://www.pulumi.com/docs/install/`,
    });
  });
});
