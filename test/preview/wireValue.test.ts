import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { secretMark, shown, unknownMark } from "../../preview/wireValue";
import { CloudCallError, previewStack } from "../../preview/inProcess";

/** The SDK's signatures, from its own exports: a new version that changes them fails here. */
const wire = pulumi.runtime as unknown as {
  readonly specialSigKey: string;
  readonly specialSecretSig: string;
  readonly specialResourceSig: string;
  readonly specialOutputValueSig: string;
  readonly unknownValue: string;
};

describe("values on the wire", () => {
  it("marks a secret and never shows its inside, at any depth", () => {
    const secret = { [wire.specialSigKey]: wire.specialSecretSig, value: { deep: "hunter2" } };
    assert.deepEqual(shown({ outer: [secret, { inner: secret }] }), {
      outer: [secretMark, { inner: secretMark }],
    });
  });

  it("marks what is not known yet", () => {
    assert.deepEqual(shown({ arn: wire.unknownValue }), { arn: unknownMark });
  });

  it("marks a secret that is not known yet as a secret", () => {
    assert.equal(
      shown({ [wire.specialSigKey]: wire.specialOutputValueSig, secret: true }),
      secretMark,
    );
  });

  it("shows the value of an output that is no secret", () => {
    assert.equal(shown({ [wire.specialSigKey]: wire.specialOutputValueSig, value: 7 }), 7);
    assert.equal(shown({ [wire.specialSigKey]: wire.specialOutputValueSig }), unknownMark);
  });

  it("shows a reference to a resource by its URN", () => {
    assert.equal(
      shown({ [wire.specialSigKey]: wire.specialResourceSig, urn: "urn:pulumi:a::b::c::d" }),
      "urn:pulumi:a::b::c::d",
    );
  });

  it("leaves plain values alone", () => {
    const plain = { text: "a", number: 1, flag: false, none: null, list: [1, ["b"]] };
    assert.deepEqual(shown(plain), plain);
  });
});

describe("preview of a program in process", () => {
  class Thing extends pulumi.CustomResource {
    public constructor(name: string, opts: pulumi.CustomResourceOptions) {
      super("test:thing:Thing", name, { size: 1 }, opts);
    }
  }

  class Box extends pulumi.ComponentResource {
    public constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
      super("test:box:Box", name, {}, opts);
      new Thing(`${name}-thing`, { parent: this });
      this.registerOutputs({ password: pulumi.secret("hunter2"), size: 1 });
    }
  }

  it("gives the URNs that an engine gives, whole chain of types included", async () => {
    const { resources } = await previewStack(
      () => {
        const outer = new Box("outer");
        new Box("inner", { parent: outer });
      },
      { name: "test", config: {} },
    );
    assert.deepEqual(
      resources.map(({ urn }) => urn.replace("urn:pulumi:test::trading-dr::", "")).sort(),
      [
        "test:box:Box$test:box:Box$test:thing:Thing::inner-thing",
        "test:box:Box$test:box:Box::inner",
        "test:box:Box$test:thing:Thing::outer-thing",
        "test:box:Box::outer",
      ],
    );
  });

  it("passes the stack's configuration on, and returns its outputs with secrets marked", async () => {
    const { outputs } = await previewStack(
      () => ({
        colour: pulumi.runtime.allConfig()["shop:colour"],
        password: pulumi.secret("hunter2"),
      }),
      { name: "test", config: { "shop:colour": "red" } },
    );
    assert.deepEqual(outputs, { colour: "red", password: secretMark });
  });

  it("shows options, and a component's outputs with secrets marked", async () => {
    const { resources } = await previewStack(
      () => {
        new Box("box", { protect: true, aliases: [{ name: "crate" }] });
      },
      { name: "test", config: {} },
    );
    const box = resources.find(({ name }) => name === "box");
    assert.deepEqual(box?.outputs, { password: secretMark, size: 1 });
    assert.equal(box.options.protect, true);
    assert.equal(box.options.aliases?.length, 1);
  });

  it("keeps one run apart from the next", async () => {
    const [one, two] = [
      await previewStack(() => ({ box: new Box("one").urn }), { name: "first", config: {} }),
      await previewStack(() => ({ box: new Box("two").urn }), { name: "second", config: {} }),
    ];
    assert.deepEqual(
      [one, two].map(({ resources }) => resources.map(({ name }) => name)),
      [
        ["one", "one-thing"],
        ["two", "two-thing"],
      ],
    );
  });

  it("fails with the program's own error", async () => {
    await assert.rejects(
      previewStack(
        () => {
          throw new RangeError("out of vaults");
        },
        { name: "test", config: {} },
      ),
      /^RangeError: out of vaults$/,
    );
  });

  it("refuses a program that asks the cloud", async () => {
    await assert.rejects(
      previewStack(() => pulumi.runtime.invoke("aws:index:getZones", {}), {
        name: "test",
        config: {},
      }),
      new CloudCallError(["aws:index:getZones"]),
    );
  });
});
