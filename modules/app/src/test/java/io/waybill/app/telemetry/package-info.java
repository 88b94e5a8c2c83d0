/** Metrics, traces and logs, without a pipeline; with one they are tested a package above. */
@NullMarked
package io.waybill.app.telemetry;

import org.jspecify.annotations.NullMarked;
