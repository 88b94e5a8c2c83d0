/**
 * What programs do with the SDK, chapter by chapter of the tutorial: {@link
 * io.waybill.examples.BasicImplementation}, {@link io.waybill.examples.HealthcareCompliance},
 * {@link io.waybill.examples.MultiDestinationFanout}, {@link
 * io.waybill.examples.SecurityConfiguration}, {@link io.waybill.examples.HighVolume}, {@link
 * io.waybill.examples.Monitoring}, {@link io.waybill.examples.ErrorHandling} and {@link
 * io.waybill.examples.AdvancedPatterns}. The documentation quotes them, and tests run them against
 * a real Waybill.
 */
@NullMarked
package io.waybill.examples;

import org.jspecify.annotations.NullMarked;
