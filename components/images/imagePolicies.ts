import { type Place, repositoryArnPattern, roleArn } from "../../contracts/names";
import { keyUseByAlias, policyDocument } from "../../contracts/policyDocument";

/**
 * The policy of a repository: nobody but the break-glass role deletes images, or lets tags be
 * overwritten. Its statements apply to the repository that bears them, and name no resource.
 *
 * ECR's lifecycle and replication are not hindered: neither deletes with these actions.
 */
export function repositoryPolicy(place: Place): string {
  return policyDocument([
    {
      Sid: "RefuseRemovingImages",
      Effect: "Deny",
      Principal: "*",
      Action: ["ecr:BatchDeleteImage", "ecr:DeleteRepository", "ecr:PutImageTagMutability"],
      Condition: { ArnNotEquals: { "aws:PrincipalArn": roleArn("break-glass", place) } },
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
