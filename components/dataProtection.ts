import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of a resource that holds data, or that one that does depends on: an update that would
 * delete or replace it fails, and if it is ever taken out of the program it stays in the account.
 * What only configures a bucket is kept too, because a refused `pulumi destroy` may delete the rest
 * first.
 *
 * @param disposable True only in a sandbox, which leaves nothing behind.
 */
export function keepData(
  disposable: boolean,
): Pick<pulumi.CustomResourceOptions, "protect" | "retainOnDelete"> {
  return disposable ? {} : { protect: true, retainOnDelete: true };
}

/**
 * Options of what a newer generation has taken the place of: held like all data until it is
 * released, and then free to be taken out of the program, which leaves it in the account.
 *
 * @param disposable True only in a sandbox, which leaves nothing behind.
 */
export function keepUntilReleased({
  disposable = false,
  released = false,
}: {
  readonly disposable?: boolean;
  readonly released?: boolean;
}): Pick<pulumi.CustomResourceOptions, "protect" | "retainOnDelete"> {
  return released ? keepWhenReplaced(disposable) : keepData(disposable);
}

/**
 * Options of a setting that AWS lets be changed only by making it anew: a lock's mode, a password's
 * version, a parameter group's major version. An engine refuses to replace what is protected, so
 * these are not; but the old one is never deleted, which would take off the lock that replaces it.
 *
 * @param disposable True only in a sandbox, which leaves nothing behind.
 */
export function keepWhenReplaced(
  disposable: boolean,
): Pick<pulumi.CustomResourceOptions, "retainOnDelete"> {
  return disposable ? {} : { retainOnDelete: true };
}

/**
 * Options of what holds no data but has to go on running: a `pulumi destroy` that is refused in the
 * end may delete the rest first, and backups would stop without a word. Once it is unprotected it is
 * deleted, because a job that nobody declares any more must not go on either.
 *
 * @param disposable True only in a sandbox.
 */
export function keepRunning(disposable: boolean): Pick<pulumi.CustomResourceOptions, "protect"> {
  return disposable ? {} : { protect: true };
}
