/**
 * How Waybill's records look in Kafka: topic names and settings, Avro in the Confluent wire format,
 * JSON on the requests topic, the JSON view of the status, and the one mapping between all of that
 * and the domain.
 *
 * <p>Generated Avro classes ({@code io.waybill.avro}) are seen here and nowhere else. No Kafka
 * Streams: the SDK uses this package too, so it is compiled for Java 17.
 */
@NullMarked
package io.waybill.wire;

import org.jspecify.annotations.NullMarked;
