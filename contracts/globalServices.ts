/** Types that AWS keeps in us-east-1 whatever the provider's region is. */
const globalServices = ["aws:iam/", "aws:route53/", "aws:budgets/", "aws:cloudfront/"];

/** True for a type that belongs to no region. */
export function isGlobal(type: string): boolean {
  return globalServices.some((service) => type.startsWith(service));
}
