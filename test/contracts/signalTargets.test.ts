import assert from "node:assert/strict";
import { pushgatewayAt, pushgatewayUrl } from "../../contracts/signalTargets";

describe("the address of a Pushgateway", () => {
  const pushgateway = { service: "prometheus-pushgateway", namespace: "monitoring", port: 9091 };
  const url = "http://prometheus-pushgateway.monitoring.svc:9091";

  it("is that of its Service within the cluster", () => {
    assert.equal(pushgatewayUrl(pushgateway), url);
  });

  it("tells its namespace and port, and no other address does", () => {
    assert.deepEqual(pushgatewayAt(url), pushgateway);
    for (const other of ["", `${url}/`, "http://127.0.0.1:9091", url.replace(":9091", "")]) {
      assert.equal(pushgatewayAt(other), undefined, other);
    }
  });
});
