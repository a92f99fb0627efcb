import { describeStacks } from "./describeStacks";

describeStacks("trademaster");
