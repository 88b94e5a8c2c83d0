/**
 * The arbiter of deliveries: adds up events to the state of each delivery, decides the commands
 * that would change it (cancel, retry, replay, fallback), and keeps the health of destinations.
 *
 * <p>A Kafka Streams topology that is the only writer of the status, control and destination-health
 * topics. What is decided, is decided in pure classes ({@link DeliveryReducer}, {@link
 * CommandDecider}, {@link FallbackDecider}, {@link HealthReducer}) that know no Kafka; the
 * processors around them decode, look up, store and forward. It knows no channels, no endpoints and
 * no credentials.
 */
@NullMarked
package io.waybill.status;

import org.jspecify.annotations.NullMarked;
