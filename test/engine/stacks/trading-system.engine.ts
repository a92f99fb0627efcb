import { describeStacks } from "./describeStacks";

describeStacks("trading-system", { failover: true });
