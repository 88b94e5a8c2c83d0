/** Runs the examples, and asks the SDK for all that it offers, against a whole Waybill. */
@NullMarked
package io.waybill.examples;

import org.jspecify.annotations.NullMarked;
