// Sends events with Segment's own library for Node: node send.mjs HOST KEY COUNT
import { createRequire } from "node:module";

const require = createRequire(process.env.NODE_PACKAGES + "/");
const { Analytics } = require("@segment/analytics-node");
const [host, writeKey, count] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey, flushAt: 20, flushInterval: 200, maxRetries: 30 });
analytics.on("error", (error) => console.error(error));

analytics.identify({ userId: "node-1", traits: { email: "node@example.no", name: "Nils Node", plan: "gold" } });
for (let number = 0; number < Number(count); number += 1) {
  analytics.track({ userId: "node-1", event: "Order Completed", properties: { number, total: 10 } });
  if (number % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 150));
}
await analytics.closeAndFlush({ timeout: 120_000 });
console.log("flushed");
