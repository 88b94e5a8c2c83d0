/**
 * What operators see of a process: metrics, the lag of the road's groups, traces and logs. The
 * other modules tell what they do through small interfaces of their own and know no library for it;
 * those libraries are used here only. The names of metrics and their tags are public API, declared
 * in {@link io.waybill.app.telemetry.Metric} and described in docs/metrics.md. Tags come from
 * closed sets, but for the organization, which is opt-in and capped.
 */
@NullMarked
package io.waybill.app.telemetry;

import org.jspecify.annotations.NullMarked;
