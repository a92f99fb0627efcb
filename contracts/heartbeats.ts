/**
 * How long a region must not have been heard, in seconds, before the other one tells people. When a
 * whole region is gone there is no sooner word of it: its own alarms are gone with it, and Route 53
 * tells of the endpoint's check in us-east-1 alone.
 */
export const heartbeatSilenceSeconds = 300;
