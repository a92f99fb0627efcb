import { z } from "zod";
import { rule } from "../rule";
import { listAt, textAt } from "../values";
import { membershipOf, statefulSet } from "./groups";

/** Data at rest is encrypted: by the class of its volumes, which is the cluster's. */
export const storageClass = rule({
  id: "cache-storage-class",
  severity: "critical",
  // Only the preview compares it with what the program says: an engine shows the claims that a set had when it
  // was made, because Kubernetes changes them in no set, and volumes that are there keep their class.
  scope: "system",
  description:
    "The volumes of a cache's servers and Sentinels are of the encrypted class that the stack's file names.",
  serves: "encryption at rest",
  peers: ["CKV_AWS_29", "CKV_AWS_191"],
  types: [statefulSet],
  example: {
    good: 'volumeClaimTemplates: [{ spec: { storageClassName: "gp3-encrypted", … } }]',
    bad: 'volumeClaimTemplates: [{ spec: { storageClassName: "gp2", … } }]',
  },
  settings: z.strictObject({
    /** `storageClass` of the stack's file. */
    storageClass: z.string(),
  }),
  settingsFor: ({ name, configuration: { settings } }) =>
    name !== "sandbox" && "cache" in settings && settings.cache !== undefined
      ? { storageClass: settings.cache.storageClass }
      : undefined,
  *check(subject, { settings }) {
    if (membershipOf(subject) === undefined) {
      return;
    }
    for (const [index, claim] of listAt(subject.inputs, "spec", "volumeClaimTemplates").entries()) {
      const found = textAt(claim, "spec", "storageClassName");
      if (found !== settings.storageClass) {
        yield {
          setting: `spec.volumeClaimTemplates.${String(index)}.spec.storageClassName`,
          ...(found === undefined ? {} : { found }),
          required: settings.storageClass,
          mend: "set it from storageClass of the stack's file: the cluster's default may not be encrypted",
        };
      }
    }
  },
});
