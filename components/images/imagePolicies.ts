import { type Place, repositoryArnPattern, roleArn } from "../../contracts/names";
import { keyUseByAlias, policyDocument } from "../../contracts/policyDocument";

/**
 * The policy of a repository: nobody but the break-glass role deletes images, and nobody at all the
 * repository, the mark that tags are not overwritten, or this policy. Its statements apply to the
 * repository that bears them, and name no resource.
 *
 * ECR's lifecycle and replication are not hindered: neither deletes with these actions. Who may set
 * this policy, or the lifecycle, as the deployer has to, can still undo it by setting another, and
 * CloudTrail tells who did (`SetRepositoryPolicy`, `PutLifecyclePolicy`).
 */
export function repositoryPolicy(place: Place): string {
  return policyDocument([
    {
      Sid: "RefuseRemovingImages",
      Effect: "Deny",
      Principal: "*",
      Action: "ecr:BatchDeleteImage",
      Condition: { ArnNotEquals: { "aws:PrincipalArn": roleArn("break-glass", place) } },
    },
    {
      Sid: "RefuseRemovingProtection",
      Effect: "Deny",
      Principal: "*",
      Action: ["ecr:DeleteRepository", "ecr:DeleteRepositoryPolicy", "ecr:PutImageTagMutability"],
    },
  ]);
}

/**
 * What the role may do under which ECR makes a repository for images that arrive from the other
 * region: make it, with its tags, below the system's own prefix, and encrypt it with the region's
 * key. Amazon ECR User Guide, "Create a custom policy for repository creation templates".
 */
export function repositoryCreationPolicy(place: Place): string {
  return policyDocument([
    {
      Sid: "CreateRepositories",
      Effect: "Allow",
      Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
      Resource: repositoryArnPattern(place),
    },
    keyUseByAlias(
      "EncryptRepositories",
      ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
      "images",
      place,
      { StringEquals: { "kms:ViaService": `ecr.${place.region}.amazonaws.com` } },
    ),
  ]);
}
