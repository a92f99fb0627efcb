import assert from "node:assert/strict";
import { ImageRepository } from "../../../components/images/imageRepository";
import {
  RepositoryTemplate,
  type RepositoryTemplateArgs,
} from "../../../components/images/repositoryTemplate";
import { type Declared, declared, primary, tags } from "../../support/declared";
import { countsByType, deletable, kept, ofAws } from "../inspection";
import { imageRepositoryArgs, keyArn, repositoryTemplateArgs } from "../minimalArgs";

const templateType = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate";

function templateOf(args: RepositoryTemplateArgs): Promise<Declared> {
  return declared((options) => {
    new RepositoryTemplate("image-template", args, options);
  });
}

describe("RepositoryTemplate", () => {
  let template: Declared;

  before(async () => {
    template = await templateOf(repositoryTemplateArgs);
  });

  it("declares one template", () => {
    assert.deepEqual(countsByType(template.resources), {
      "trading-dr:images:RepositoryTemplate": 1,
      [templateType]: 1,
    });
  });

  it("is for replicas of the system's images alone, made under the role that may", () => {
    const { prefix, appliedFors, customRoleArn, description } = template.only(templateType).inputs;
    assert.deepEqual(
      { prefix, appliedFors, customRoleArn, description },
      {
        prefix: "trading-dr/market-scanning",
        appliedFors: ["REPLICATION"],
        customRoleArn:
          "arn:aws:iam::111122223333:role/market-scanning-repository-creation-us-east-1",
        description: "Replicas of images of market-scanning",
      },
    );
  });

  it("gives a repository all that a declared one has", async () => {
    const { repositoryPolicy, lifecyclePolicy, resourceTags, ...settings } =
      template.only(templateType).inputs;
    const repository = await declared((options) => {
      new ImageRepository("image-repository-api", imageRepositoryArgs, options);
    });
    const own = repository.only("aws:ecr/repository:Repository").inputs;
    assert.deepEqual(
      {
        policy: repositoryPolicy,
        lifecycle: lifecyclePolicy,
        tags: resourceTags,
        tagMutability: settings["imageTagMutability"],
        encryption: settings["encryptionConfigurations"],
      },
      {
        policy: repository.only("aws:ecr/repositoryPolicy:RepositoryPolicy").inputs["policy"],
        lifecycle: repository.only("aws:ecr/lifecyclePolicy:LifecyclePolicy").inputs["policy"],
        tags: own["tags"],
        tagMutability: own["imageTagMutability"],
        encryption: own["encryptionConfigurations"],
      },
    );
    assert.deepEqual(settings["encryptionConfigurations"], [
      { encryptionType: "KMS", kmsKey: keyArn(primary) },
    ]);
    assert.equal(settings["imageTagMutability"], "IMMUTABLE");
    assert.deepEqual(resourceTags, { ...tags, "trading-dr:purpose": "images" });
  });

  it("is kept", () => {
    assert.deepEqual(deletable(ofAws(template.resources)), []);
  });

  it("leaves nothing behind in a sandbox, and makes repositories that can be deleted", async () => {
    const sandbox = await templateOf({ ...repositoryTemplateArgs, disposable: true });
    assert.deepEqual(kept(sandbox.resources), []);
    assert.equal("repositoryPolicy" in sandbox.only(templateType).inputs, false);
  });

  it("is refused before anything is declared when its lifecycle is unsound", async () => {
    await assert.rejects(
      templateOf({
        ...repositoryTemplateArgs,
        lifecycle: { releaseTags: "v*", keptVersions: 0, signed: true },
      }),
      new RangeError(
        "RepositoryTemplate 'image-template': keptVersions must be a whole number of at least 1, got 0",
      ),
    );
  });
});
