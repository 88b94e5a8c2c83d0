/**
 * What other services link. Publishers and operators' programs use {@link
 * io.waybill.client.WaybillClient}; who has a Kafka producer or consumer of their own takes {@link
 * io.waybill.client.RequestSerializer} and {@link io.waybill.client.StatusDeserializer}. A receiver
 * of webhooks finds here how to know that a request is Waybill's and new: {@link
 * io.waybill.client.WebhookVerifier} and {@link io.waybill.client.WebhookDeduplicator}, which need
 * no Kafka. Runs on Java 17.
 */
@NullMarked
package io.waybill.client;

import org.jspecify.annotations.NullMarked;
