/**
 * Proof that programs which are not ours read what Waybill writes, and the reverse: the Apicurio
 * registry and Confluent's JavaScript client. Only tests live here, and only {@code bin/verify
 * --full} runs them, for they fetch a registry of 159 MB and packages of npm. What is true of our
 * own code alone is tested in the module that has it.
 */
@NullMarked
package io.waybill.interop;

import org.jspecify.annotations.NullMarked;
