import { describeStacks } from "./describeStacks";

describeStacks("market-scanning", { failover: true });
