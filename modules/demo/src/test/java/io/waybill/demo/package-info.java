/** What a new user types, run from the jars that {@code bin/waybill} runs from. */
@NullMarked
package io.waybill.demo;

import org.jspecify.annotations.NullMarked;
