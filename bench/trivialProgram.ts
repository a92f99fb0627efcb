import * as aws from "@pulumi/aws";
import * as random from "@pulumi/random";

/** The least that a program with the stacks' two providers declares: both of them, and one resource. */
function program(): void {
  new aws.Provider("aws", { region: "us-east-1", allowedAccountIds: ["111122223333"] });
  const provider = new random.Provider("random");
  new random.RandomId("one", { byteLength: 8 }, { provider });
}

export = program;
