import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { loadSystem } from "../../../config/configuration";
import { layOut } from "../../../recovery/image/layout";
import { rdsAuthorities, regionOf } from "../../../recovery/image/rdsAuthorities";
import { projectDirectory } from "../../support/projectCopy";

describe("what the project puts into the image", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "trading-dr-layout-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  /** A project with a command of one line, and with files by their paths beside it. */
  function project(command: string, files: Readonly<Record<string, string>> = {}): string {
    const all = {
      "package.json": '{ "name": "trading-dr", "version": "1.2.3", "license": "Apache-2.0" }',
      LICENSE: "",
      "recovery/bin/trading-dr.js": command,
      "node_modules/@mongodb-js/zstd/package.json":
        '{ "optionalDependencies": { "zstd-here": "1", "zstd-elsewhere": "1" } }',
      "node_modules/zstd-here/package.json": "{}",
      ...files,
    };
    for (const [name, text] of Object.entries(all)) {
      const path = join(directory, "project", name);
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, text);
    }
    return join(directory, "project");
  }

  const tree = () => join(directory, "tree");

  function listed(path: string): string[] {
    return readdirSync(path).flatMap((name) => {
      const file = join(path, name);
      const stats = lstatSync(file);
      const line = `${(stats.mode & 0o777).toString(8)} ${file.slice(tree().length)}`;
      if (stats.isSymbolicLink()) {
        return [`${file.slice(tree().length)} -> ${readlinkSync(file)}`];
      }
      return stats.isDirectory() ? [line, ...listed(file)] : [line];
    });
  }

  it("is the command, machine code for this platform and certificates, whatever the umask", () => {
    const made = project('require("node:fs"); require("@mongodb-js/zstd"); require("pg-native")');
    const before = process.umask(0o077);
    try {
      layOut(made, `${tree()}/.//`);
    } finally {
      process.umask(before);
    }
    assert.equal(lstatSync(tree()).mode & 0o777, 0o755);
    assert.deepEqual(listed(tree()), [
      "755 /opt",
      "755 /opt/trading-dr",
      "644 /opt/trading-dr/LICENSE",
      "755 /opt/trading-dr/bin",
      "755 /opt/trading-dr/bin/trading-dr.js",
      "755 /opt/trading-dr/node_modules",
      "755 /opt/trading-dr/node_modules/@mongodb-js",
      "755 /opt/trading-dr/node_modules/@mongodb-js/zstd",
      "644 /opt/trading-dr/node_modules/@mongodb-js/zstd/package.json",
      "755 /opt/trading-dr/node_modules/zstd-here",
      "644 /opt/trading-dr/node_modules/zstd-here/package.json",
      "644 /opt/trading-dr/package.json",
      "644 /opt/trading-dr/rds-authorities.pem",
      "755 /usr",
      "755 /usr/local",
      "755 /usr/local/bin",
      "/usr/local/bin/trading-dr -> ../../../opt/trading-dr/bin/trading-dr.js",
    ]);
    assert.deepEqual(
      JSON.parse(readFileSync(join(tree(), "opt/trading-dr/package.json"), "utf8")),
      { name: "trading-dr", version: "1.2.3", license: "Apache-2.0", private: true },
    );
  });

  it("is not laid over what is there already", () => {
    mkdirSync(tree());
    writeFileSync(join(tree(), "old"), "");
    assert.throws(
      () => {
        layOut(project(""), tree());
      },
      new RangeError(`${tree()} is not empty: name a directory that is not there yet`),
    );
  });

  it("is refused when the command asks for what it would not find", () => {
    const made = project('require("fs"); require("sharp"); require("@other/native")');
    assert.throws(() => {
      layOut(made, tree());
    }, /requires sharp, @other\/native, which the image would not have/);
  });

  it("is refused when there is no machine code for this platform", () => {
    const made = project("");
    rmSync(join(made, "node_modules/zstd-here"), { recursive: true });
    assert.throws(
      () => {
        layOut(made, tree());
      },
      new RangeError(
        `@mongodb-js/zstd has no machine code for this platform, ${process.platform} on ${process.arch}: it has some in zstd-here, zstd-elsewhere`,
      ),
    );
  });

  it("is refused when the command is not built, or packages are not installed", () => {
    const made = project("");
    rmSync(join(made, "node_modules"), { recursive: true });
    assert.throws(() => {
      layOut(made, tree());
    }, /zstd\/package\.json: install packages by npm ci$/);
    rmSync(join(made, "recovery"), { recursive: true });
    assert.throws(() => {
      layOut(made, join(directory, "other"));
    }, /trading-dr\.js: make it by npm run recovery:build$/);
  });
});

describe("the authorities of RDS", () => {
  const authorities = rdsAuthorities();

  it("are three for each region: two kinds of RSA, and elliptic curves", () => {
    const regions = authorities.map(regionOf);
    assert.ok(regions.length >= 81);
    for (const region of new Set(regions)) {
      assert.equal(regions.filter((one) => one === region).length, 3, region);
    }
  });

  it("are there for both regions of every system", () => {
    const systems = join(projectDirectory, "systems");
    for (const file of readdirSync(systems)) {
      const { primary, standby } = loadSystem(basename(file, ".yaml"), systems).regions;
      for (const region of [primary, standby]) {
        assert.ok(authorities.map(regionOf).includes(region), region);
      }
    }
  });

  it("have signed themselves, may sign for others, and are good until 2061 at least", () => {
    for (const authority of authorities) {
      const certificate = new X509Certificate(authority);
      assert.ok(certificate.ca);
      assert.ok(certificate.verify(certificate.publicKey), certificate.subject);
      assert.ok(new Date(certificate.validTo) > new Date("2061-01-01"), certificate.subject);
    }
  });
});
