/** Imports what the preview imports from the cloud libraries, and does nothing with it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

if ([aws.Provider, pulumi.ComponentResource, random.Provider].includes(undefined as never)) {
  throw new Error("a library is missing");
}
