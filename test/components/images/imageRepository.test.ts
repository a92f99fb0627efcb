import assert from "node:assert/strict";
import { imageLifecyclePolicy } from "../../../components/images/imageLifecycle";
import { repositoryPolicy } from "../../../components/images/imagePolicies";
import {
  ImageRepository,
  type ImageRepositoryArgs,
} from "../../../components/images/imageRepository";
import { type Declared, declared, primary, standby, tags } from "../../support/declared";
import { countsByType, deletable, inputsOf, kept, ofAws } from "../inspection";
import { imageRepositoryArgs, keyArn } from "../minimalArgs";

const types = {
  repository: "aws:ecr/repository:Repository",
  lifecycle: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  policy: "aws:ecr/repositoryPolicy:RepositoryPolicy",
};

function repositoryOf(args: ImageRepositoryArgs): Promise<Declared> {
  return declared((options) => {
    new ImageRepository("image-repository-api", args, options);
  }, args.place.region);
}

describe("ImageRepository", () => {
  let repository: Declared;
  let sandbox: Declared;

  before(async () => {
    repository = await repositoryOf(imageRepositoryArgs);
    sandbox = await repositoryOf({ ...imageRepositoryArgs, disposable: true });
  });

  it("declares a repository, its lifecycle and its policy", () => {
    assert.deepEqual(countsByType(repository.resources), {
      "trading-dr:images:ImageRepository": 1,
      [types.repository]: 1,
      [types.lifecycle]: 1,
      [types.policy]: 1,
    });
  });

  it("is encrypted with the key for images, scanned on push, and its tags stay", () => {
    assert.deepEqual(repository.only(types.repository).inputs, {
      name: "trading-dr/market-scanning/api",
      imageTagMutability: "IMMUTABLE",
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: keyArn(primary) }],
      imageScanningConfiguration: { scanOnPush: true },
      forceDelete: false,
      tags: { ...tags, "trading-dr:purpose": "images" },
    });
  });

  it("has the same name in the other region, and that region's key and policy", async () => {
    const other = await repositoryOf({
      ...imageRepositoryArgs,
      place: standby,
      kmsKeyArn: keyArn(standby),
    });
    assert.deepEqual(inputsOf(other.only(types.repository), "name", "encryptionConfigurations"), {
      name: "trading-dr/market-scanning/api",
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: keyArn(standby) }],
    });
    assert.equal(other.only(types.policy).inputs["policy"], repositoryPolicy(standby));
  });

  it("keeps as many releases as asked", () => {
    assert.deepEqual(repository.only(types.lifecycle).inputs, {
      repository: "trading-dr/market-scanning/api",
      policy: imageLifecyclePolicy({ releaseTags: "v*", keptVersions: 50, signed: true }),
    });
  });

  it("refuses deletions", () => {
    assert.deepEqual(repository.only(types.policy).inputs, {
      repository: "trading-dr/market-scanning/api",
      policy: repositoryPolicy(primary),
    });
  });

  it("replaces a lifecycle without a deletion afterwards, which would take the new one with it", () => {
    const { deleteBeforeReplace, retainOnDelete } = repository.only(types.lifecycle).options;
    assert.deepEqual(
      { deleteBeforeReplace, retainOnDelete },
      {
        deleteBeforeReplace: true,
        retainOnDelete: true,
      },
    );
    assert.equal(sandbox.only(types.lifecycle).options.deleteBeforeReplace, true);
  });

  it("is kept, with all that configures it", () => {
    assert.deepEqual(deletable(ofAws(repository.resources)), []);
  });

  it("can be deleted in a sandbox, with its images, by whoever made it", () => {
    assert.deepEqual(kept(sandbox.resources), []);
    assert.equal(sandbox.only(types.repository).inputs["forceDelete"], true);
    assert.deepEqual(sandbox.all(types.policy), []);
  });

  it("offers its ARN, and its URL before it exists", () => {
    const { outputs } = repository.only("trading-dr:images:ImageRepository");
    assert.deepEqual(Object.keys(outputs ?? {}), ["arn", "url"]);
    assert.equal(
      outputs?.["url"],
      "111122223333.dkr.ecr.us-east-1.amazonaws.com/trading-dr/market-scanning/api",
    );
  });

  it("is refused before anything is declared when its lifecycle is unsound", async () => {
    await assert.rejects(
      repositoryOf({
        ...imageRepositoryArgs,
        lifecycle: { releaseTags: "v1", keptVersions: 0, signed: true },
      }),
      new RangeError(
        'ImageRepository \'image-repository-api\': releaseTags "v1" must have 1 to 4 "*": without one it is a single release, and ECR takes no more; write it like "v*"; keptVersions must be a whole number of at least 1, got 0',
      ),
    );
  });
});
