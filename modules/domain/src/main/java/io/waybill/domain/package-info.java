/**
 * The words of Waybill as records and sealed types: requests, deliveries, destinations, tasks,
 * outcomes, events, commands and the status they add up to; and the pure decisions taken on them
 * (validation, retry policy, the status reducer's vocabulary).
 *
 * <p>Only the JDK and jspecify may be used here: no Kafka, no Avro, no JSON library. Everything is
 * immutable and safe to share between threads. Compiled for Java 17 because the SDK needs it.
 */
@NullMarked
package io.waybill.domain;

import org.jspecify.annotations.NullMarked;
