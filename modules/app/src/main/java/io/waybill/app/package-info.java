/**
 * Waybill as a process: reads the configuration, wires roles by constructors, starts and stops
 * them, and tells the truth about their health. Nothing of the pipeline is decided here.
 */
@NullMarked
package io.waybill.app;

import org.jspecify.annotations.NullMarked;
