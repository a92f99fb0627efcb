import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of a resource that holds data, or that one that does depends on: an update that would
 * delete it fails, and if it is ever taken out of the program it stays in the account. What only
 * configures a bucket is kept too, because a refused `pulumi destroy` may delete the rest first.
 *
 * @param disposable True only in a sandbox, which leaves nothing behind.
 */
export function keepData(
  disposable: boolean,
): Pick<pulumi.CustomResourceOptions, "protect" | "retainOnDelete"> {
  return disposable ? {} : { protect: true, retainOnDelete: true };
}
